using Tulip;
using static Tulip.Aio;

namespace Tour;

/// <summary>The first program, then two coroutines that greet on the same thread: both wait at the same time.</summary>
internal static class Hello
{
    public static void Run(Scene scene)
    {
        scene.Run(HelloWorld(scene));
        scene.Run(TwoAtOnce(scene));
    }

    private static async Coroutine HelloWorld(Scene scene)
    {
        scene.Print("Hello ...");
        await Sleep(1);
        scene.Print("... World!");
    }

    private static async Coroutine TwoAtOnce(Scene scene) => await Gather(Greet(scene), Greet(scene));

    private static async Coroutine Greet(Scene scene)
    {
        scene.Print($"Hello world! ({scene.ThreadName})");
        await Sleep(1);
        scene.Print($"Hello again! ({scene.ThreadName})");
    }
}
