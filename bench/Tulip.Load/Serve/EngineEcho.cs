// EngineEcho: an echo server on an engine alone, without a loop: what the engine costs, and its sockets.
// Thread: one.  Owns: the engine and its connections.
//   1. What came in a pass is sent at its end, from where it was received, once for each connection.
//   2. A connection has one send in flight; its leases go back when it has ended.
using System.Net;
using System.Net.Sockets;
using Tulip.Engines;

namespace Tulip.Load.Serve;

internal sealed class EngineEcho(IIoEngine engine)
{
    private const int Batch = 256;
    private const int Backlog = 4096;

    private readonly List<Connection> _dirty = [];

    private sealed class Connection(IoHandle handle)
    {
        public IoHandle Handle => handle;

        public List<IoCompletion> Waiting { get; private set; } = [];

        public List<IoCompletion> Sending { get; private set; } = [];

        /// <summary>Bytes of the first piece that were sent already.</summary>
        public int Sent { get; set; }

        public bool IsSending { get; set; }

        public bool IsDirty { get; set; }

        public bool HasEnded { get; set; }

        public void Swap() => (Waiting, Sending) = (Sending, Waiting);
    }

    /// <summary>Listens and serves until the process ends.</summary>
    public void Run(EndPoint address, Action ready)
    {
        var sockets = engine.Sockets;
        var listener = sockets.Open(address.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        if (address is IPEndPoint)
            sockets.SetOption(listener, IoSocketOption.ReuseAddress, 1);
        sockets.Bind(listener, address);
        sockets.Listen(listener, Backlog);
        if (address is IPEndPoint)
            sockets.SetOption(listener, IoSocketOption.NoDelay, 1);
        engine.Submit(new IoRequest { Opcode = IoOpcode.Accept, Handle = listener }, out _);
        ready();

        var completions = new IoCompletion[Batch];
        while (true)
        {
            var count = engine.SubmitAndWait(completions, -1);
            for (var i = 0; i < count; i++)
                Take(completions[i]);
            foreach (var connection in _dirty)
                Flush(connection);
            _dirty.Clear();
        }
    }

    private void Take(in IoCompletion completion)
    {
        switch (completion.Opcode)
        {
            case IoOpcode.Accept when completion.Result >= 0:
                var accepted = new Connection(completion.Handle);
                engine.Submit(new IoRequest { Opcode = IoOpcode.Receive, Handle = accepted.Handle, State = accepted }, out _);
                break;
            case IoOpcode.Receive:
                Received((Connection)completion.State!, completion);
                break;
            case IoOpcode.Send:
                var connection = (Connection)completion.State!;
                connection.IsSending = false;
                Sent(connection, completion.Result);
                MarkDirty(connection);
                break;
        }
    }

    private void Received(Connection connection, in IoCompletion completion)
    {
        if (!completion.Data.IsEmpty)
            connection.Waiting.Add(completion);
        connection.HasEnded |= !completion.More;
        MarkDirty(connection);
    }

    private void MarkDirty(Connection connection)
    {
        if (connection.IsDirty)
            return;

        connection.IsDirty = true;
        _dirty.Add(connection);
    }

    private void Flush(Connection connection)
    {
        connection.IsDirty = false;
        while (!connection.IsSending && connection.Sending.Count + connection.Waiting.Count > 0)
        {
            if (connection.Sending.Count == 0)
                connection.Swap();
            Send(connection);
        }

        if (connection.HasEnded && !connection.IsSending)
            engine.Close(connection.Handle);
    }

    private void Send(Connection connection)
    {
        var request = new IoRequest { Opcode = IoOpcode.Send, Handle = connection.Handle, State = connection, IsPinned = true, IsQuiet = true };
        var pieces = connection.Sending;
        if (pieces.Count == 1)
            request.Buffer = pieces[0].Data[connection.Sent..];
        else
            request.Segments = pieces.Select((piece, index) => index == 0 ? piece.Data[connection.Sent..] : piece.Data).ToArray();
        connection.IsSending = !engine.Submit(request, out var result).IsNone;
        if (!connection.IsSending)
            Sent(connection, result);
    }

    private void Sent(Connection connection, int result)
    {
        var pieces = connection.Sending;
        if (result < 0)
        {
            connection.HasEnded = true;
            connection.Sent = 0;
            foreach (var piece in pieces.Concat(connection.Waiting))
                engine.Return(piece);
            pieces.Clear();
            connection.Waiting.Clear();
            return;
        }

        connection.Sent += result;
        var done = 0;
        while (done < pieces.Count && connection.Sent >= pieces[done].Data.Length)
        {
            connection.Sent -= pieces[done].Data.Length;
            engine.Return(pieces[done++]);
        }

        pieces.RemoveRange(0, done);
    }
}
