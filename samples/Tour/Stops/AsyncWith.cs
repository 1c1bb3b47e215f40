using Tulip;
using static Tulip.Aio;

namespace Tour;

/// <summary>A connection that has to be waited for at both ends; C#'s <c>await using</c> is Python's <c>async with</c>.</summary>
internal static class AsyncWith
{
    public static void Run(Scene scene) => scene.Run(Show(scene));

    private static async Coroutine Show(Scene scene)
    {
        await using var connection = await Connection.Open(scene);
        scene.Print($"{await connection.DoSomething()}");
    }

    private sealed class Connection(Scene scene) : IAsyncDisposable
    {
        public static async Coroutine<Connection> Open(Scene scene)
        {
            scene.Print("entering context");
            await Sleep(1);
            return new Connection(scene);
        }

        public async Coroutine<int> DoSomething()
        {
            await Sleep(0.5);
            return 666;
        }

        public async ValueTask DisposeAsync()
        {
            await Sleep(1);
            scene.Print("exiting context");
        }
    }
}
