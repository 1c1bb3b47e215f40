namespace Tulip;

/// <summary>Debug mode only: goes with a writer, and reports if both are collected before the writer was closed.</summary>
/// <param name="transport">The writer's.</param>
/// <param name="loop">Its loop.</param>
/// <param name="serves">Whether a peer made the connection, not the code that runs.</param>
internal sealed class UnclosedWriter(Transport transport, EventLoop loop, bool serves)
{
    private readonly string _place = LoopTransports.Of(loop).Places.Here(serves ? $" by a client that connected to {transport.LocalEndPoint}" : null);

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

        loop.CallExceptionHandler(new LoopErrorContext($"An AsyncStreamWriter was never closed: {transport}. It was made{_place}"));
        transport.Close();
    }
}
