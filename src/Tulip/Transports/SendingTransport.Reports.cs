// SendingTransport.Reports: what the loop's exception handler is told of a transport, and what is written in vain.
// Thread: the loop's.
namespace Tulip;

internal abstract partial class SendingTransport
{
    /// <summary>Whether nothing can be written any more.</summary>
    private bool Drops(int length)
    {
        Shared.Loop.CheckThread();
        if (!Has(TransportFlags.EofWritten | TransportFlags.Closing | TransportFlags.FileSending))
            return false;

        CheckNoFile();
        if (Has(TransportFlags.EofWritten))
            throw new InvalidOperationException("Cannot call Write() after WriteEof().");
        if (length > 0)
            CountDrop();
        return true;
    }

    private void CountDrop()
    {
        if (_drops >= DropsUntilReport)
            Report("socket.send() raised exception.", null);
        else
            _drops++;
    }

    private void ReportCallback(string message, Exception exception)
    {
        if (exception is KeyboardInterruptException)
            Shared.Loop.Abort(exception);
        else
            Report(message, exception);
    }

    private void Report(string message, Exception? exception)
        => Shared.Loop.CallExceptionHandler(new LoopErrorContext(message) { Exception = exception, Transport = this, Protocol = _protocol });

    /// <summary>As <see cref="Abort"/>, and the peer is told by a reset that it was no orderly end.</summary>
    internal void Reset()
    {
        Shared.Loop.CheckThread();
        if (Has(TransportFlags.Lost))
            return;

        Extras.Resets = true;
        Lose(null);
    }
}
