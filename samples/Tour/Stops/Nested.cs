using Tulip;
using static Tulip.Aio;

namespace Tour;

/// <summary>A coroutine awaits another one, which runs in its place; then results in the order in which they come.</summary>
internal static class Nested
{
    public static void Run(Scene scene)
    {
        scene.Run(PrintSum(scene, 1, 2));
        scene.Run(InOrderOfCompletion(scene));
    }

    private static async Coroutine PrintSum(Scene scene, int x, int y)
    {
        var result = await Compute(scene, x, y);
        scene.Print($"{x} + {y} = {result}");
    }

    private static async Coroutine<int> Compute(Scene scene, int x, int y)
    {
        scene.Print($"Compute {x} + {y} ...");
        await Sleep(1);
        return x + y;
    }

    private static async Coroutine InOrderOfCompletion(Scene scene)
    {
        var start = GetRunningLoop().Time;
        await foreach (var task in AsCompleted([Tasks.DoSomeWork(scene, 4), Tasks.DoSomeWork(scene, 2), Tasks.DoSomeWork(scene, 1)]))
            scene.Print($"Task ret:  {task.Result()}");
        scene.PrintTime(start);
    }
}
