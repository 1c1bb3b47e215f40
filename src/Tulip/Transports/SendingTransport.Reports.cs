// SendingTransport.Reports: what the loop's exception handler is told of a transport.
// Thread: the loop's.
namespace Tulip;

internal abstract partial class SendingTransport
{
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
