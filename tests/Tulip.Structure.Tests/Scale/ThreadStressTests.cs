using System.Diagnostics;
using System.Globalization;

namespace Tulip.Structure.Tests.Scale;

/// <summary>Threads that press on everything any thread may use, for a while: TULIP_STRESS_SECONDS says how long.</summary>
public sealed class ThreadStressTests
{
    private const int Threads = 4;

    private static readonly double s_seconds
        = double.Parse(Environment.GetEnvironmentVariable("TULIP_STRESS_SECONDS") ?? "2", CultureInfo.InvariantCulture);

    [Fact]
    public void ThreadsafeEntries_UnderPressure_LoseNothingAndDoNothingTwice()
    {
        using var other = new LoopThread();
        var clock = Stopwatch.StartNew();
        var threads = Enumerable.Range(0, Threads).Select(seed => new Presser(other.Loop, seed)).ToArray();
        foreach (var thread in threads)
            thread.Start(() => clock.Elapsed.TotalSeconds < s_seconds);
        foreach (var thread in threads)
            thread.Join();
        other.Invoke(static () => { });
        foreach (var thread in threads)
            thread.Check();
        other.Invoke(static () => Assert.Empty(AllTasks()));
        Assert.Empty(other.Reports);
    }

    /// <summary>A thread with counts of what it asked for and what became of it.</summary>
    private sealed class Presser(EventLoop loop, int seed)
    {
        private readonly Random _random = new(seed);
        private readonly List<Task<int>> _running = [];
        private Thread? _thread;
        private Exception? _failure;
        private int _posted;
        private int _takenBack;
        private int _called;
        private int _begun;
        private int _ended;

        public void Start(Func<bool> goesOn)
        {
            _thread = new Thread(() =>
            {
                try
                {
                    while (goesOn())
                        Press();
                    foreach (var task in _running)
                        Settle(task);
                }
                catch (Exception exception)
                {
                    _failure = exception;
                }
            });
            _thread.Start();
        }

        public void Join() => Assert.True(_thread!.Join(TimeSpan.FromSeconds(s_seconds) + LoopThread.Guard), $"Thread {seed} hangs.");

        public void Check()
        {
            Assert.Null(_failure);
            Assert.Equal(_posted - _takenBack, _called);
            Assert.Equal(_begun, _ended);
            Assert.True(_posted > 0);
        }

        private void Press()
        {
            switch (_random.Next(3))
            {
                case 0:
                    _posted++;
                    var handle = loop.CallSoonThreadsafe(() => _called++);
                    if (_random.Next(3) == 0 && handle.Cancel())
                        _takenBack++;
                    break;
                case 1:
                    var cancel = new CancellationTokenSource();
                    _running.Add(RunCoroutineThreadsafe(Work(_random.Next(4)), loop, cancel.Token));
                    if (_random.Next(3) == 0)
                        cancel.Cancel();
                    break;
                default:
                    if (_running.Count < 20)
                        break;
                    Settle(_running[0]);
                    _running.RemoveAt(0);
                    break;
            }
        }

        private async Coroutine<int> Work(int kind)
        {
            _begun++;
            try
            {
                switch (kind)
                {
                    case 0:
                        await Sleep(0.001);
                        break;
                    case 1:
                        await Task.Run(static () => { }, CancelToken);
                        break;
                    case 2:
                        await loop.RunInExecutor(null, static () => { });
                        break;
                    default:
                        await MoveOnAfter(0.001, static _ => Sleep(10));
                        break;
                }

                return kind;
            }
            finally
            {
                _ended++;
            }
        }

        private static void Settle(Task<int> task)
        {
            try
            {
                Assert.InRange(task.WaitAsync(LoopThread.Guard).GetAwaiter().GetResult(), 0, 3);
            }
            catch (OperationCanceledException)
            {
            }
        }
    }
}
