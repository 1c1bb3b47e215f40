namespace CharFinder;

/// <summary>The index on disk, or built and then left there.</summary>
/// <param name="names">The names.</param>
/// <param name="folder">Where the file is kept; null to keep none.</param>
/// <param name="warn">Is told, in the thread that loads, when the index could not be saved.</param>
internal sealed class IndexCache(UnicodeNames names, string? folder, Action<string> warn)
{
    /// <summary>The user's folder for what can be made again: <c>$XDG_CACHE_HOME</c> or its like; null if there is none.</summary>
    public static string? UsualFolder()
    {
        var root = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        if (!Path.IsPathFullyQualified(root ?? ""))
            root = FolderOfSystem();
        return root is null ? null : Path.Combine(root, "charfinder");
    }

    /// <summary>Reads the index, or builds and saves it. Blocks: in a thread, on a loop.</summary>
    public CharIndex Load()
    {
        var path = folder is null ? null : Path.Combine(folder, IndexFile.Name);
        if (path is not null && IndexFile.Load(path, names) is { } saved)
            return saved;

        var index = CharIndex.Build(names);
        if (path is not null)
            Save(index, path);
        return index;
    }

    private static string? FolderOfSystem()
    {
        if (OperatingSystem.IsWindows())
            return Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData) is { Length: > 0 } local ? local : null;

        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        if (home is "")
            return null;
        return OperatingSystem.IsMacOS() ? Path.Combine(home, "Library", "Caches") : Path.Combine(home, ".cache");
    }

    private void Save(CharIndex index, string path)
    {
        try
        {
            IndexFile.Save(index, path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            warn($"Could not save {PythonText.Quote(path)}: {exception.Message}");
        }
    }
}
