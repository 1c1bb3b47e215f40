using Tulip;
using static Tulip.Aio;

namespace Tour;

/// <summary>A reader whose lines have to be waited for; C#'s <c>await foreach</c> is Python's <c>async for</c>.</summary>
internal static class AsyncFor
{
    public static void Run(Scene scene) => scene.Run(Show(scene));

    private static async Coroutine Show(Scene scene)
    {
        await foreach (var line in ReadLines(lines: 99))
            scene.Print($"{line}");
    }

    private static async IAsyncEnumerable<int> ReadLines(int lines)
    {
        for (var line = 1; line <= lines; line++)
        {
            await Sleep(0.01);
            yield return line;
        }
    }
}
