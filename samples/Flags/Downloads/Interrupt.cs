using System.Runtime.InteropServices;

namespace Flags;

/// <summary>
/// Ctrl-C for programs without a loop: the first cancels <see cref="Token"/>, so that the program can report; a second
/// ends the process as usual.
/// </summary>
internal sealed class Interrupt : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration _registration;

    public Interrupt() => _registration = PosixSignalRegistration.Create(
        PosixSignal.SIGINT,
        signal =>
        {
            signal.Cancel = !_source.IsCancellationRequested;
            _source.Cancel();
        });

    public CancellationToken Token => _source.Token;

    // The source stays: a signal that arrives now may still want to cancel it.
    public void Dispose() => _registration.Dispose();
}
