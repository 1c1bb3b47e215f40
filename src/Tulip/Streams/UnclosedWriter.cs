namespace Tulip;

/// <summary>Debug mode only: goes with a writer, and reports if both are collected before the writer was closed.</summary>
internal sealed class UnclosedWriter(Transport transport, EventLoop loop)
{
    ~UnclosedWriter()
    {
        // The transport belongs to the loop's thread; the loop holds it, so it is still what it was.
        if (!loop.IsClosed)
            loop.TryPost((Action)CloseAndReport);
    }

    public void Forget() => GC.SuppressFinalize(this);

    private void CloseAndReport()
    {
        if (transport.IsClosing)
            return;

        loop.CallExceptionHandler(new LoopErrorContext($"An AsyncStreamWriter was never closed: {transport}"));
        transport.Close();
    }
}
