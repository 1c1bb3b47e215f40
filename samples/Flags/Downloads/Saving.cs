using Tulip;
using static Tulip.Aio;

namespace Flags;

/// <summary>Three ways for a coroutine to save a file.</summary>
internal static class Saving
{
    /// <summary>Here and now, on the loop's thread.</summary>
    public static async Coroutine InLine(IFlagStore store, byte[] image, string fileName) => store.Save(image, fileName);

    /// <summary>In a thread. Awaited, unlike in the texts: a save that fails must be noticed and counted.</summary>
    public static async Coroutine InExecutor(IFlagStore store, byte[] image, string fileName)
    {
        await SeenThrough(GetRunningLoop().RunInExecutor(null, () =>
        {
            store.Save(image, fileName);
            return default(Unit);
        }));
    }

    /// <summary>On the loop, which never waits for the disk: <see cref="AsyncFile"/>.</summary>
    public static async Coroutine ByLoop(IFlagStore store, byte[] image, string fileName)
        => await SeenThrough(CreateTask(store.SaveByLoop(image, fileName)));

    private static async Coroutine SeenThrough(Future<Unit> save)
    {
        try
        {
            await Shield(save);
        }
        catch (CancelledException)
        {
            // A thread cannot be called back, nor a file that has its name already: see it through, so that it is counted.
            await save;
        }
    }
}
