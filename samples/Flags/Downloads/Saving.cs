using Tulip;
using static Tulip.Aio;

namespace Flags;

/// <summary>Two ways for a coroutine to save a file.</summary>
internal static class Saving
{
    /// <summary>Here and now, on the loop's thread.</summary>
    public static async Coroutine InLine(IFlagStore store, byte[] image, string fileName) => store.Save(image, fileName);

    /// <summary>In a thread. Awaited, unlike in the texts: a save that fails must be noticed and counted.</summary>
    public static async Coroutine InExecutor(IFlagStore store, byte[] image, string fileName)
    {
        var save = GetRunningLoop().RunInExecutor(null, () =>
        {
            store.Save(image, fileName);
            return fileName;
        });
        try
        {
            await Shield(save);
        }
        catch (CancelledException)
        {
            // A thread cannot be called back: see its file through, so that it is counted.
            await save;
        }
    }
}
