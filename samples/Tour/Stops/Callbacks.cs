using Tulip;
using static Tulip.Aio;

namespace Tour;

/// <summary>A task calls back when it is done; the loop calls back when told to, the soonest first.</summary>
internal static class Callbacks
{
    public static void Run(Scene scene)
    {
        scene.Run(TaskWithCallback(scene));

        scene.Print("entering event loop");
        scene.Run(CallbacksOfTheLoop(scene));
        scene.Print("closing event loop");
    }

    private static async Coroutine TaskWithCallback(Scene scene)
    {
        var task = CreateTask(Tasks.DoSomeWork(scene, 2));
        task.AddDoneCallback(_ => scene.Print($"Callback:  {task.Result()}"));
        await task;
    }

    private static async Coroutine CallbacksOfTheLoop(Scene scene)
    {
        scene.Print("registering callbacks");
        var loop = GetRunningLoop();
        loop.CallLater(0.2, () => scene.Print("callback 1 invoked"));
        loop.CallLater(0.1, () => scene.Print("callback 2 invoked"));
        loop.CallSoon(() => scene.Print("callback 3 invoked"));
        await Sleep(0.4);
    }
}
