using Tulip;
using static Tulip.Aio;

namespace Tour;

/// <summary>
/// Ordinary code calls a coroutine: on a loop that lives for the call, or on one that is kept for several. Within a
/// coroutine it is refused: there, <c>await</c> is the way.
/// </summary>
internal static class RunSync
{
    public static void Run(Scene scene)
    {
        scene.Print("entering event loop");
        scene.Print($"it returned: '{Aio.Run(Work(scene), scene.NewLoop)}'");
        scene.Print("closing event loop");

        using var runner = new Runner(scene.NewLoop);
        var first = runner.Run(LoopOfThisRun());
        var second = runner.Run(LoopOfThisRun());
        scene.Print($"the same loop for both runs: {ReferenceEquals(first, second)}");
        runner.Run(CallFromInside(scene));
    }

    private static async Coroutine<string> Work(Scene scene)
    {
        scene.Print("in coroutine");
        await Sleep(1);
        return "result";
    }

    private static async Coroutine<EventLoop> LoopOfThisRun() => GetRunningLoop();

    private static async Coroutine CallFromInside(Scene scene)
    {
        try
        {
            Aio.Run(LoopOfThisRun);
        }
        catch (InvalidOperationException refused)
        {
            scene.Print($"refused: {refused.Message}");
        }
    }
}
