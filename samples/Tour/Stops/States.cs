using Tulip;
using static Tulip.Aio;

namespace Tour;

/// <summary>
/// A task's life: pending until its turn comes, running, done with a result; or cancelled, which it is not by the call
/// of <c>Cancel</c> but when its coroutine has unwound.
/// </summary>
internal static class States
{
    public static void Run(Scene scene) => scene.Run(Show(scene));

    private static async Coroutine Show(Scene scene)
    {
        var task = CreateTask(DoSomeWork(scene, 2));
        scene.Print($"pending:    {task}");
        scene.Print($"            done: {task.Done}, cancelled: {task.Cancelled}");
        scene.Print($"result:     {await task}");
        scene.Print($"done:       {task}");
        scene.Print($"            done: {task.Done}, cancelled: {task.Cancelled}");

        var other = CreateTask(DoSomeWork(scene, 4));
        await Sleep(1);
        scene.Print($"waiting:    {other}");
        scene.Print($"Cancel():   {other.Cancel()}");
        scene.Print($"cancelling: {other}");
        await Wait([other]);
        scene.Print($"cancelled:  {other}");
        scene.Print($"            done: {other.Done}, cancelled: {other.Cancelled}");
        scene.Print($"Cancel():   {other.Cancel()}");
    }

    private static async Coroutine<string> DoSomeWork(Scene scene, int seconds)
    {
        scene.Print($"Waiting:  {seconds}");
        scene.Print($"running:    {CurrentTask()}");
        await Sleep(seconds);
        return $"Done after {seconds}s";
    }
}
