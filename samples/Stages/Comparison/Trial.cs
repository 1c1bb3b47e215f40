using Tulip;
using static Tulip.Aio;

namespace Stages;

/// <summary>Runs a way with a fault in stage two, and sees who hears of it.</summary>
/// <param name="delay">How long each call takes, in seconds.</param>
/// <param name="loopFactory">Makes the loop; null for the usual one.</param>
internal sealed class Trial(double delay, Func<EventLoop>? loopFactory)
{
    private const string FirstRequest = "request 1";
    private const int Stages = 3;
    private const double LeastDelay = 0.05;

    /// <summary>How long the caller waits before it takes silence for an answer: once more than all three calls.</summary>
    public double Patience => Math.Max(delay, LeastDelay) * (Stages + 1);

    public Outcome Run(Way way, Fault fault) => Aio.Run(Observe(way, fault), loopFactory);

    private async Coroutine<Outcome> Observe(Way way, Fault fault)
    {
        var loop = GetRunningLoop();
        List<Exception> heard = [];
        loop.ExceptionHandler = (_, context) => heard.Add(context.Exception!);

        var scene = new Scene(loop, new RemoteService(loop, delay, fault), new Steps(fault));
        var start = loop.Time;
        var run = CreateTask(way.Run(scene, FirstRequest));
        await Wait([run], Patience);

        var elapsed = loop.Time - start;
        if (!run.Done)
            return new Outcome(null, null, scene.Reports, heard, elapsed);
        return run.Exception() is { } thrown
            ? new Outcome(null, thrown, scene.Reports, heard, elapsed)
            : new Outcome(run.Result(), null, scene.Reports, heard, elapsed);
    }
}
