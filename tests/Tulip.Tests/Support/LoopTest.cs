// LoopTest: runs a test's body on a loop in virtual time and, when it is over, looks at what it left behind.
//   1. What the loop's exception handler was told fails the test, unless the test asked for the reports.
//   2. After the body no task lives and no timer is set: only then is the test over.
//   3. The watchdog is a guard for a loop that waits for ever; no test depends on its time.
using System.Collections.Concurrent;
using Tulip.Engines;

namespace Tulip.Tests;

internal sealed class LoopTest : IDisposable
{
    private static readonly TimeSpan s_guard = TimeSpan.FromSeconds(180);
    private static readonly TimeSpan s_largeGuard = TimeSpan.FromMinutes(10);

    private readonly ConcurrentQueue<LoopErrorContext> _reports = new();

    private LoopTest(LoopClock? clock, IIoEngine? engine = null)
    {
        // In debug mode too, how long a step takes is the machine's affair.
        Loop = new EventLoop(clock ?? new VirtualClock(), engine) { SlowCallbackDuration = double.PositiveInfinity };
        Loop.ExceptionHandler = (_, report) => _reports.Enqueue(report);
    }

    public EventLoop Loop { get; }

    /// <summary>Runs the body; a report, a living task or a timer that is set at its end is a failure.</summary>
    public static void Run(Func<Coroutine> body) => Assert.Empty(RunReporting(body));

    /// <summary>The same on an engine of the test's.</summary>
    public static void Run(IIoEngine engine, Func<Coroutine> body) => Assert.Empty(RunReporting(body, s_guard, engine));

    /// <summary>The same for a body with so much to do that a loaded machine needs minutes for it.</summary>
    public static void RunLarge(Func<Coroutine> body) => Assert.Empty(RunReporting(body, s_largeGuard));

    /// <summary>Runs the body and gives what the exception handler was told, until the loop was closed.</summary>
    public static IReadOnlyList<LoopErrorContext> RunReporting(Func<Coroutine> body) => RunReporting(body, s_guard);

    private static IReadOnlyList<LoopErrorContext> RunReporting(Func<Coroutine> body, TimeSpan guard, IIoEngine? engine = null)
    {
        using var test = new LoopTest(null, engine);
        test.RunGuarded(body, guard);
        test.CheckNothingIsLeft();
        test.Loop.Close();
        return [.. test._reports];
    }

    /// <summary>Runs the body on the machine's clock, for what goes on in other threads.</summary>
    public static void RunInRealTime(Func<Coroutine> body)
    {
        using var test = new LoopTest(MonotonicClock.Instance);
        test.RunGuarded(body, s_guard);
        Assert.Empty(AllTasks(test.Loop));
        test.Loop.Close();
        Assert.Empty(test._reports);
    }

    /// <summary>Lets everybody else run for some passes of the loop.</summary>
    public static async Coroutine Passes(int count)
    {
        for (var i = 0; i < count; i++)
            await Sleep(0);
    }

    public void Dispose()
    {
        // After a failure the leftovers are of no interest.
        Loop.ExceptionHandler = static (_, _) => { };
        Loop.Close();
    }

    private void RunGuarded(Func<Coroutine> body, TimeSpan guard)
    {
        using var watchdog = new Timer(_ => Stop(), null, guard, Timeout.InfiniteTimeSpan);
        Loop.RunUntilComplete(body());
    }

    private void CheckNothingIsLeft()
    {
        Assert.Empty(AllTasks(Loop));

        // With nothing left, a loop that waits for a future that nobody will set is in a deadlock at once: a timer
        // would move the clock first.
        var time = Loop.Time;
        using var watchdog = new Timer(_ => Stop(), null, s_guard, Timeout.InfiniteTimeSpan);
        Assert.Throws<DeadlockException>(() => Loop.RunUntilComplete(Loop.CreateFuture<Unit>()));
        Assert.True(time == Loop.Time, "The body left a timer behind.");
    }

    private void Stop()
    {
        if (!Loop.IsClosed)
            Loop.CallSoonThreadsafe(Loop.Stop);
    }
}
