using System.Runtime.InteropServices;

namespace Tulip.Extras.Tests.Support;

/// <summary>Sends signals to processes.</summary>
internal static class Signals
{
    /// <summary>SIGUSR1 and SIGUSR2, which .NET has no names for.</summary>
    public static PosixSignal User1 => (PosixSignal)(OperatingSystem.IsMacOS() ? 30 : 10);

    public static PosixSignal User2 => (PosixSignal)(OperatingSystem.IsMacOS() ? 31 : 12);

    public static void SkipWhereMissing() => Assert.SkipWhen(OperatingSystem.IsWindows(), "needs a system with signals");

    public static void SendToMyself(PosixSignal signal) => Send(Environment.ProcessId, signal);

    public static void Send(int process, PosixSignal signal)
    {
        var number = signal switch
        {
            PosixSignal.SIGINT => 2,
            PosixSignal.SIGTERM => 15,
            _ => (int)signal,
        };
        Assert.Equal(0, Kill(process, number));
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int process, int signal);
}
