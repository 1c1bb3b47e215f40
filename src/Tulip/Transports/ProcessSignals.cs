using System.Runtime.InteropServices;

namespace Tulip;

/// <summary>Linux's numbers of the signals that .NET has names for.</summary>
internal static class ProcessSignals
{
    public const int Kill = 9;

    // .NET's own values count down from -1: SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGCHLD, SIGCONT, SIGWINCH, SIGTTIN, SIGTTOU, SIGTSTP.
    private static ReadOnlySpan<byte> Numbers => [0, 1, 2, 3, 15, 17, 18, 28, 21, 22, 20];

    /// <exception cref="PlatformNotSupportedException">There is no such signal.</exception>
    public static int NumberOf(PosixSignal signal)
    {
        var value = (int)signal;
        if (value > 0)
            return value;
        if (value < 0 && -value < Numbers.Length)
            return Numbers[-value];

        throw new PlatformNotSupportedException($"There is no signal {signal} here.");
    }
}
