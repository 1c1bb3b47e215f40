using Tulip;
using static Tulip.Aio;

namespace Tour;

/// <summary>Six blocking functions in three threads, awaited by a coroutine.</summary>
internal static class Executor
{
    private const int Workers = 3;
    private const int Jobs = 6;

    public static void Run(Scene scene) => scene.Run(RunBlockingTasks(scene));

    private static async Coroutine RunBlockingTasks(Scene scene)
    {
        const string name = "run_blocking_tasks";
        Log(scene, name, "starting");
        using var executor = new ThreadPoolExecutor(Workers);

        Log(scene, name, "creating executor tasks");
        var loop = GetRunningLoop();
        var jobs = Enumerable.Range(0, Jobs).Select(number => loop.RunInExecutor(executor, () => Blocks(scene, number))).ToList();

        Log(scene, name, "waiting for executor tasks");
        var results = await Gather(jobs);
        Log(scene, name, $"results: [{string.Join(", ", results)}]");
        Log(scene, name, "exiting");
    }

    private static int Blocks(Scene scene, int number)
    {
        Log(scene, $"blocks({number})", "running");
        scene.Block(0.1);
        Log(scene, $"blocks({number})", "done");
        return number * number;
    }

    private static void Log(Scene scene, string name, string message) => scene.Print($"{scene.ThreadName,10} {name,18}: {message}");
}
