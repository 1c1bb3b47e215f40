using Tulip;

namespace Flags;

/// <summary>
/// Keeps flags as files of one folder. A file is written under a temporary name and then renamed, so that a folder never
/// holds part of a flag, whatever ends the program.
/// </summary>
/// <param name="folder">The folder; made when the first flag is saved.</param>
/// <param name="create">Opens a new file; null for the usual way.</param>
/// <param name="open">Opens a new file for the loop; null for the usual way.</param>
internal sealed class FolderStore(
    string folder, Func<string, Stream>? create = null, Func<string, Coroutine<AsyncFile>>? open = null) : IFlagStore
{
    private readonly Func<string, Stream> _create = create ?? (path => new FileStream(path, FileMode.CreateNew));
    private readonly Func<string, Coroutine<AsyncFile>> _open = open ?? (path => AsyncFile.Open(path, FileMode.CreateNew, FileAccess.Write));

    public void Save(byte[] image, string fileName)
    {
        var temporary = TemporaryOf(fileName);
        try
        {
            Directory.CreateDirectory(folder);
            using (var file = _create(temporary))
                file.Write(image);
            File.Move(temporary, Path.Combine(folder, fileName), overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Remove(temporary);
            throw Trouble(exception);
        }
    }

    public async Coroutine SaveByLoop(byte[] image, string fileName)
    {
        var temporary = TemporaryOf(fileName);
        try
        {
            await AsyncFiles.MakeDirectory(folder);
            await using (var file = await _open(temporary))
                await file.Write(image);
            await AsyncFiles.Rename(temporary, Path.Combine(folder, fileName));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Remove(temporary);
            throw Trouble(exception);
        }
    }

    // The dot hides it from a listing; the random part keeps two runs in one folder apart.
    private string TemporaryOf(string fileName) => Path.Combine(folder, $".{fileName}.{Guid.NewGuid():N}.tmp");

    private FlagException Trouble(Exception exception) => new(
        FlagStatus.Error, Cause.Saving, $"Cannot save in '{folder}': {SaveTrouble.Describe(exception, folder)}", exception);

    private static void Remove(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The folder is as broken for deleting as it was for writing; the first cause is the one to tell.
        }
    }
}
