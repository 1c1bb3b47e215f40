namespace Flags;

/// <summary>What the program tells the shell.</summary>
internal static class ExitCode
{
    /// <summary>All was done; flags that the server does not have or refused are a result, not a trouble.</summary>
    public const int Done = 0;

    /// <summary>A usage error, flags that could not be saved, or a server that could not be reached at all.</summary>
    public const int Trouble = 1;

    /// <summary>Ctrl-C, as shells number it: 128 and the signal's 2.</summary>
    public const int Interrupted = 130;

    public static int Of(Tally tally)
    {
        if (tally.Interrupted)
            return Interrupted;

        var unreachable = tally.Total > 0 && tally.Failed(Cause.Connection) == tally.Total;
        return unreachable || tally.Failed(Cause.Saving) > 0 ? Trouble : Done;
    }
}
