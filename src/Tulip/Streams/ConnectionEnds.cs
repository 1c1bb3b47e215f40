namespace Tulip;

/// <summary>The connection outlives its view.</summary>
internal sealed class KeepsOpen : ConnectionEnd
{
    public override void End()
    {
    }

    public override async Coroutine EndAndWait() => await Aio.Sleep(0);
}

/// <summary>The view's end is the connection's.</summary>
internal sealed class Closes(AsyncStreamWriter writer) : ConnectionEnd
{
    public override void End() => writer.Close();

    public override Coroutine EndAndWait() => writer.CloseAndWait();
}

/// <summary>A pipe's two halves end one by one: when no more will be written the peer is told, and when nothing more is read
/// either the connection is closed.</summary>
internal sealed class PipeEnds(AsyncStreamWriter writer)
{
    private int _open = 2;

    public ConnectionEnd Input => new Half(this, sends: false);

    public ConnectionEnd Output => new Half(this, sends: true);

    private bool EndHalf(bool sends)
    {
        if (--_open == 0)
        {
            writer.Close();
            return true;
        }

        if (sends && writer is { CanWriteEof: true, IsClosing: false })
            writer.WriteEof();
        return false;
    }

    private sealed class Half(PipeEnds ends, bool sends) : ConnectionEnd
    {
        public override void End() => ends.EndHalf(sends);

        public override Coroutine EndAndWait() => ends.EndAndWait(sends);
    }

    private async Coroutine EndAndWait(bool sends)
    {
        if (EndHalf(sends))
            await writer.CloseAndWait();
    }
}
