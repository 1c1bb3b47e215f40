namespace Tulip.Structure.Tests.Scale;

/// <summary>Very many tasks; nothing is left of them afterwards.</summary>
public sealed class MillionTests
{
#if DEBUG
    private const int Million = 100_000;
    private const int Cancelled = 10_000;
#else
    private const int Million = 1_000_000;
    private const int Cancelled = 100_000;
#endif

    [Fact]
    public void AMillionTasks_AtOnce_AllRunAndNothingIsLeft() => LoopTest.RunLarge(async () =>
    {
        var done = 0;
        await TaskGroup.Run(async group =>
        {
            for (var i = 0; i < Million; i++)
                group.CreateTask(Live(i));
            await Sleep(0);
            Assert.Equal(Million + 1, AllTasks().Count);
        });
        Assert.Equal(Million, done);
        Assert.Equal(1, GetRunningLoop().Time);

        async Coroutine Live(int number)
        {
            await Sleep(0);
            await Sleep(number % 2);
            done++;
        }
    });

    [Fact]
    public void TasksCancelledInRandomStates_AllEndAndGiveBackWhatTheyHeld() => LoopTest.RunLarge(async () =>
    {
        var random = new Random(20_261_121);
        var crowd = new CancelledCrowd(random);
        var tasks = new List<AsyncTask<Unit>>();
        for (var i = 0; i < Cancelled; i++)
        {
            tasks.Add(CreateTask(crowd.Live(), eagerStart: random.Next(4) == 0));
            if (random.Next(10) == 0)
                await Sleep(random.Next(2) * 0.01);
            for (var n = random.Next(3); n > 0; n--)
                tasks[random.Next(tasks.Count)].Cancel();
        }

        foreach (var task in tasks)
        {
            if (random.Next(50) == 0)
                await Sleep(0);
            task.Cancel();
        }

        await Wait(tasks);
        crowd.CheckNothingIsHeld();
        Assert.Single(AllTasks());
    });

    /// <summary>Tasks that stand in every kind of wait.</summary>
    private sealed class CancelledCrowd(Random random)
    {
        private readonly AsyncLock _gate = new();
        private readonly AsyncSemaphore _permits = new(3);
        private readonly AsyncCondition _condition = new();
        private readonly AsyncEvent _never = new();
        private readonly AsyncQueue<int> _queue = new(2);
        private readonly AsyncBarrier _barrier = new(1_000_000);
        private int _inside;

        public async Coroutine Live()
        {
            _inside++;
            try
            {
                await Stand(2);
            }
            finally
            {
                _inside--;
            }
        }

        public void CheckNothingIsHeld()
        {
            Assert.Equal(0, _inside);
            Assert.False(_gate.Locked);
            Assert.Equal("<AsyncSemaphore [unlocked, value:3]>", _permits.ToString());
            Assert.Equal("<AsyncCondition [unlocked]>", _condition.ToString());
            Assert.Equal("<AsyncEvent [unset]>", _never.ToString());
            Assert.Contains("getters=0 putters=0", _queue.ToString(), StringComparison.Ordinal);
            Assert.Equal(0, _barrier.NWaiting);
        }

        private async Coroutine Stand(int depth)
        {
            switch (random.Next(depth > 0 ? 14 : 9))
            {
                case 0:
                    await Sleep(random.Next(3) * 0.01);
                    break;
                case 1:
                    using (await _gate.Acquire())
                        await Sleep(0.001);
                    break;
                case 2:
                    using (await _permits.Acquire())
                        await Sleep(0.001);
                    break;
                case 3:
                    using (await _condition.Acquire())
                        await _condition.Wait();
                    break;
                case 4:
                    await _never.Wait();
                    break;
                case 5:
                    await _queue.Get();
                    break;
                case 6:
                    await _queue.Put(1);
                    break;
                case 7:
                    await _barrier.Wait();
                    break;
                case 8:
                    await Task.Delay(Timeout.Infinite, CancelToken);
                    break;
                case 9:
                    await Gather(Stand(depth - 1), Stand(depth - 1));
                    break;
                case 10:
                    await WaitFor(Stand(depth - 1), 1_000);
                    break;
                case 11:
                    await MoveOnAfter(0.5, _ => Stand(depth - 1));
                    break;
                case 12:
                    await Race(Stand(depth - 1), Sleep(0.02));
                    break;
                default:
                    await TaskGroup.Run(async group =>
                    {
                        group.CreateTask(Stand(depth - 1));
                        await Stand(depth - 1);
                    });
                    break;
            }
        }
    }
}
