using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Tulip.Structure.Tests.Debugging;

public sealed class UnclosedLoopTests
{
    [Fact]
    public void Loop_InDebugModeThatIsNeverClosed_IsReportedWhenItIsCollected()
        => Assert.Contains("never closed", Assert.Single(Collect(debug: true, close: false)).Message);

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public void Loop_ClosedOrNotInDebugMode_IsNotReported(bool debug, bool close) => Assert.Empty(Collect(debug, close));

    private static LoopErrorContext[] Collect(bool debug, bool close)
    {
        var reports = new ConcurrentQueue<LoopErrorContext>();
        var loop = Leave(reports, debug, close);
        for (var i = 0; i < 20 && loop.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(loop.IsAlive);
        return [.. reports];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Leave(ConcurrentQueue<LoopErrorContext> reports, bool debug, bool close)
    {
        var loop = new EventLoop
        {
            Debug = debug,
            ExceptionHandler = (_, report) => reports.Enqueue(report),
        };
        loop.RunUntilComplete(Work());
        if (close)
            loop.Close();
        return new WeakReference(loop, trackResurrection: true);

        static async Coroutine Work() => await Aio.Sleep(0);
    }
}
