// A coroutine of many steps is cancelled at each of its awaits in turn. Whatever it stands at, it must end cancelled, with
// every finally block run, every permit given back, and nothing left in the loop.

namespace Tulip.Tests;

public sealed class CancelEverywhereTests
{
    private const int Steps = 12;

    public static TheoryData<int, bool> Places()
    {
        var places = new TheoryData<int, bool>();
        for (var step = 0; step < Steps; step++)
        {
            places.Add(step, false);
            places.Add(step, true);
        }

        return places;
    }

    [Theory]
    [MemberData(nameof(Places))]
    public void Cancel_AtThisAwait_EndsCancelledAndLeavesNothing(int place, bool slowCleanup) => LoopTest.Run(async () =>
    {
        var work = new Work(slowCleanup);
        var task = CreateTask(work.Run());
        while (work.Standing != place)
        {
            work.Open(work.Standing);
            await Sleep(1);
            Assert.InRange(work.Standing, 0, Steps - 1);
        }

        Assert.False(task.Done);
        Assert.True(task.Cancel("here"));
        await Wait([task]);
        Assert.True(task.Cancelled, task.ToString());
        work.CheckReleased(place);
        await work.EndOthers();
    });

    [Fact]
    public void NotCancelled_GoesThroughAllSteps() => LoopTest.Run(async () =>
    {
        var work = new Work(slowCleanup: false);
        var task = CreateTask(work.Run());
        while (!task.Done)
        {
            work.Open(work.Standing);
            await Sleep(1);
        }

        Assert.Equal("all steps", await task);
        work.CheckReleased(Steps - 1);
        await work.EndOthers();
    });

    /// <summary>The steps. Each waits for a gate of its own, in its own way.</summary>
    private sealed class Work(bool slowCleanup)
    {
        private readonly Future<int>[] _gates = [.. Enumerable.Range(0, Steps).Select(static _ => new Future<int>())];
        private readonly TaskCompletionSource _dotNet = new();
        private readonly AsyncSemaphore _semaphore = new(1);
        private readonly List<int> _entered = [];
        private readonly List<int> _left = [];
        private readonly List<Future> _others = [];
        private Releaser? _held;

        /// <summary>The step at whose await the coroutine stands.</summary>
        public int Standing { get; private set; } = -1;

        public async Coroutine<string> Run()
        {
            using (_held = await _semaphore.Acquire())
            {
                await Step(0, static async _ => await Sleep(2.5));
                await Step(1, static async gate => await gate);
                await Step(2, async gate => await Start(Await(gate)));
                await Step(3, static async gate => await Await(gate));
                await Step(4, async _ => await AcquireHeld());
                await Step(5, static async gate => await Gather<int>(Await(gate), Sleep(0.25, 1)));
                await Step(6, static async gate => await GatherSettled<int>(gate, Sleep(0.25, 1)));
                await Step(7, async _ => await _dotNet.Task.WaitAsync(Aio.CancelToken));
                await Step(8, async gate => await Shield(Start(Await(gate))));
                await Step(9, static async gate => await WaitFor(gate, 1000));
                await Step(10, static async gate => await Wait([gate], timeout: 1000));
                await Step(11, async gate => await MethodOfDotNet(gate));
            }

            return "all steps";
        }

        /// <summary>Lets the step go on.</summary>
        public void Open(int step)
        {
            if (step == 4)
                _held!.Dispose();
            if (step == 7)
                _dotNet.TrySetResult();
            if (step >= 0 && !_gates[step].Done)
                _gates[step].SetResult(step);
        }

        public void CheckReleased(int lastStep)
        {
            Assert.Equal(Enumerable.Range(0, lastStep + 1), _entered);
            Assert.Equal(Enumerable.Range(0, lastStep + 1), _left);
            Assert.False(_semaphore.Locked);
        }

        /// <summary>What was shielded lives on: it ends now.</summary>
        public async Coroutine EndOthers()
        {
            for (var step = 0; step < Steps; step++)
                Open(step);
            await Sleep(1);
            Assert.All(_others, other => Assert.True(other.Done));
        }

        private static async Coroutine<int> Await(Future<int> gate) => await gate;

        private static async Task MethodOfDotNet(Future<int> gate)
        {
            await Await(gate);
            await Task.Yield();
        }

        private AsyncTask<int> Start(Coroutine<int> coroutine)
        {
            var task = CreateTask(coroutine);
            _others.Add(task);
            return task;
        }

        private async Coroutine AcquireHeld()
        {
            using (await _semaphore.Acquire())
                await Sleep(0);
        }

        private async Coroutine Step(int step, Func<Future<int>, Coroutine> wait)
        {
            _entered.Add(step);
            Standing = step;
            try
            {
                await wait(_gates[step]);
            }
            finally
            {
                if (slowCleanup)
                {
                    await Sleep(0.5);
                    await Task.Run(static () => { });
                    await Task.Delay(0, Aio.CancelToken);
                    await Sleep(0);
                }

                _left.Add(step);
            }
        }
    }
}
