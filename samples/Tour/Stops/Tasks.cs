using Tulip;
using static Tulip.Aio;

namespace Tour;

/// <summary>Three tasks that wait one, two and four seconds: four in all.</summary>
internal static class Tasks
{
    public static void Run(Scene scene) => scene.Run(Show(scene));

    public static async Coroutine<string> DoSomeWork(Scene scene, int seconds)
    {
        scene.Print($"Waiting:  {seconds}");
        await Sleep(seconds);
        return $"Done after {seconds}s";
    }

    private static async Coroutine Show(Scene scene)
    {
        var start = GetRunningLoop().Time;
        List<AsyncTask<string>> tasks =
            [CreateTask(DoSomeWork(scene, 1)), CreateTask(DoSomeWork(scene, 2)), CreateTask(DoSomeWork(scene, 4))];

        await Wait(tasks);
        foreach (var task in tasks)
            scene.Print($"Task ret:  {task.Result()}");
        scene.PrintTime(start);
    }
}
