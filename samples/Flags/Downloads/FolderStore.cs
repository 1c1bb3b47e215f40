namespace Flags;

/// <summary>
/// Keeps flags as files of one folder. A file is written under a temporary name and then renamed, so that a folder never
/// holds part of a flag, whatever ends the program.
/// </summary>
/// <param name="folder">The folder; made when the first flag is saved.</param>
/// <param name="create">Opens a new file; null for the usual way.</param>
internal sealed class FolderStore(string folder, Func<string, Stream>? create = null) : IFlagStore
{
    private readonly Func<string, Stream> _create = create ?? (path => new FileStream(path, FileMode.CreateNew));

    public void Save(byte[] image, string fileName)
    {
        // The dot hides it from a listing; the random part keeps two runs in one folder apart.
        var temporary = Path.Combine(folder, $".{fileName}.{Guid.NewGuid():N}.tmp");
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
            throw new FlagException(
                FlagStatus.Error, Cause.Saving, $"Cannot save in '{folder}': {SaveTrouble.Describe(exception, folder)}", exception);
        }
    }

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
