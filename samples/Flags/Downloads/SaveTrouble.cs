namespace Flags;

/// <summary>Says in a few words why a file could not be written, the same words for every file it happens to.</summary>
internal static class SaveTrouble
{
    // On Unix an IOException's HResult is the system's error number; on Windows it is 0x8007 and the error's.
    private const int FileTooBig = 27;
    private const int NoSpace = 28;
    private const int ReadOnlyFileSystem = 30;
    private const int QuotaExceeded = 122;
    private const int DiskFull = unchecked((int)0x80070070);

    public static string Describe(Exception exception, string folder) => exception switch
    {
        _ when File.Exists(Path.TrimEndingDirectorySeparator(folder)) => "it is a file, not a folder",
        UnauthorizedAccessException => "permission denied",
        PathTooLongException => "the path is too long",
        DirectoryNotFoundException or FileNotFoundException => "the folder cannot be made",
        { HResult: NoSpace or DiskFull } => "no space left on the disk",
        { HResult: QuotaExceeded } => "the disk quota is used up",
        { HResult: ReadOnlyFileSystem } => "the file system is read-only",
        { HResult: FileTooBig } => "the file is larger than allowed",
        _ => WithoutPath(exception.Message),
    };

    /// <summary>.NET ends the system's words with the file's path, which differs from file to file.</summary>
    private static string WithoutPath(string message) => message.Split(" : '")[0].Split('\n')[0];
}
