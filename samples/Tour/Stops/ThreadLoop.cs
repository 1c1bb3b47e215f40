using Tulip;
using static Tulip.Aio;

namespace Tour;

/// <summary>
/// A loop in its own thread, told what to do from outside. Functions that block hold up each other; coroutines do not.
/// </summary>
internal static class ThreadLoop
{
    public static void Run(Scene scene)
    {
        using var loop = scene.NewLoop();
        var closed = new TaskCompletionSource();
        var thread = new Thread(() => StartLoop(loop, closed.Task)) { Name = "LoopThread", IsBackground = true };
        thread.Start();
        scene.Print("TIME: 0.00");

        loop.CallSoonThreadsafe(() => MoreWork(scene, 6));
        loop.CallSoonThreadsafe(() => MoreWork(scene, 3));
        var slow = RunCoroutineThreadsafe(DoSomeWork(scene, 6), loop);
        var quick = RunCoroutineThreadsafe(DoSomeWork(scene, 4), loop);

        // Timers are the loop thread's own: what is done to them is done there.
        TimerHandle? timer = null;
        loop.CallSoonThreadsafe(() => timer = loop.CallLater(2, () => scene.Print("NEVER CALLED")));
        loop.CallSoonThreadsafe(() =>
        {
            timer!.Cancel();
            scene.Print($"handle cancelled: {timer.Cancelled}");
        });

        closed.SetResult();
        Task.WaitAll(slow, quick);
        thread.Join();
        scene.Print("loop closed");
    }

    private static void StartLoop(EventLoop loop, Task closed)
    {
        _ = loop.CreateTask(StopWhenIdle(closed));
        loop.RunForever();
    }

    /// <summary>Keeps a virtual clock still while calls may still come from outside, and stops the loop after the last one.</summary>
    private static async Coroutine StopWhenIdle(Task closed)
    {
        await WrapFuture(closed, holdTime: true);
        foreach (var task in AllTasks().Where(task => task != CurrentTask()))
        {
            var done = new Future<Unit>();
            task.AddDoneCallback(_ => done.SetResult(default));
            await done;
        }

        GetRunningLoop().Stop();
    }

    private static void MoreWork(Scene scene, int seconds)
    {
        scene.Print($"More work {seconds}");
        scene.Block(seconds);
        scene.Print($"Finished more work {seconds}");
    }

    private static async Coroutine DoSomeWork(Scene scene, int seconds)
    {
        scene.Print($"Waiting {seconds}");
        await Sleep(seconds);
        scene.Print($"Done after {seconds}s");
    }
}
