namespace CharFinder;

/// <summary>What the program tells the shell.</summary>
internal static class ExitCode
{
    /// <summary>All was done; to find nothing is a result too.</summary>
    public const int Done = 0;

    /// <summary>A usage error, or the output could not be written.</summary>
    public const int Trouble = 1;

    /// <summary>No words to search for, in mojifinder's style.</summary>
    public const int NoWords = 2;

    /// <summary>Ctrl-C, as shells number it: 128 and the signal's 2.</summary>
    public const int Interrupted = 130;
}
