using Tulip;
using static Tulip.Aio;

namespace Tour;

/// <summary>Both phases are tasks from the start; the second awaits the first, and so does the main one.</summary>
internal static class Depends
{
    public static void Run(Scene scene) => scene.Run(Outer(scene));

    private static async Coroutine Outer(Scene scene)
    {
        scene.Print("in outer");
        var phase1 = CreateTask(Phase1(scene));
        var phase2 = CreateTask(Phase2(scene, phase1));

        scene.Print("waiting for result1");
        var result1 = await phase1;
        scene.Print("waiting for result2");
        var result2 = await phase2;
        scene.Print($"return value: ('{result1}', '{result2}')");
    }

    private static async Coroutine<string> Phase1(Scene scene)
    {
        scene.Print("in phase1");
        await Sleep(1);
        return "result1";
    }

    private static async Coroutine<string> Phase2(Scene scene, AsyncTask<string> phase1)
    {
        var argument = await phase1;
        scene.Print("in phase2");
        return $"result2 derived from {argument}";
    }
}
