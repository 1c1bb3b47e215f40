using System.Runtime.InteropServices;

namespace Tulip;

public static partial class Aio
{
    /// <summary>Receives signals of the process as a stream, from now on (trio's and anyio's <c>open_signal_receiver</c>).</summary>
    /// <example><code>
    /// using var signals = OpenSignalReceiver(PosixSignal.SIGHUP, PosixSignal.SIGTERM);
    /// await foreach (var signal in signals)
    ///     Console.WriteLine(signal);
    /// </code></example>
    /// <param name="signals">The signals; those without a name by their number, such as <c>(PosixSignal)10</c>.</param>
    /// <returns>A receiver of the running loop, to be disposed.</returns>
    /// <exception cref="ArgumentException">No signal is given.</exception>
    /// <exception cref="IOException">A signal cannot be handled, as SIGKILL.</exception>
    /// <exception cref="InvalidOperationException">The loop has a handler for one of them already.</exception>
    /// <exception cref="PlatformNotSupportedException">The platform does not have one of them.</exception>
    public static SignalReceiver OpenSignalReceiver(params ReadOnlySpan<PosixSignal> signals)
    {
        if (signals.IsEmpty)
            throw new ArgumentException("At least one signal is needed.", nameof(signals));
        return new SignalReceiver(GetRunningLoop(), signals);
    }
}
