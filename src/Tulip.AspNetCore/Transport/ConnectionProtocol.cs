// ConnectionProtocol: what the loop's transport tells of a connection, passed on to Kestrel.
// Thread: the loop's.  Owns: the writing end of the connection's input.
//   1. Kestrel's code runs inside these callbacks, without a synchronization context (ServerCode).
//   2. When as much waits as may, the transport is paused; it goes on when Kestrel has taken half of it.
//   3. The input is completed once: at the peer's end of stream, when the connection is lost, or when something came that nobody will
//      read. The last is told by the loop's queue, never inside the call by which the reader is completed.
using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Tulip.AspNetCore;

internal sealed class ConnectionProtocol(TulipListener listener, ServerLoop home, PipeOptions inputOptions) : Protocol
{
    private TulipConnection _connection = null!;
    private Transport _transport = null!;
    private PipeWriter _input = null!;
    private bool _ended;

    public override void ConnectionMade(Transport transport)
    {
        _transport = transport;
        transport.SetWriteBufferLimits(listener.WriteLimit, listener.WriteLimit / 2);
        var pipe = new Pipe(inputOptions);
        _input = pipe.Writer;
        _connection = new TulipConnection(listener, home, (SocketTransport)transport, pipe.Reader);
        var outer = ServerCode.Enter();
        try
        {
            listener.Accepted(_connection);
        }
        finally
        {
            ServerCode.Leave(outer);
        }
    }

    public override void DataReceived(ReadOnlySpan<byte> data)
    {
        var outer = ServerCode.Enter();
        try
        {
            while (!data.IsEmpty)
            {
                var room = _input.GetSpan();
                var count = Math.Min(room.Length, data.Length);
                data[..count].CopyTo(room);
                _input.Advance(count);
                data = data[count..];
            }

            var flushed = _input.FlushAsync();
            if (!flushed.IsCompletedSuccessfully)
            {
                Pause(flushed);
            }
            else if (flushed.Result.IsCompleted)
            {
                _transport.PauseReading();
                EndUnread();
            }
        }
        finally
        {
            ServerCode.Leave(outer);
        }
    }

    public override bool EofReceived()
    {
        TransportLog.ConnectionReadFin(listener.Logger, _connection);
        End(_connection.AbortReason);
        return true;
    }

    public override void PauseWriting() => _connection.PauseWriting();

    public override void ResumeWriting() => _connection.ResumeWriting();

    public override void ConnectionLost(Exception? exception)
    {
        var reason = (Exception?)_connection.AbortReason ?? ReasonOf(exception);
        End(reason ?? new ConnectionAbortedException("The connection was closed after everything had been sent."));
        _connection.OnLost();
    }

    private void End(Exception? reason)
    {
        if (_ended)
            return;

        _ended = true;
        var outer = ServerCode.Enter();
        try
        {
            _input.Complete(reason);
            _connection.OnClosed();
        }
        finally
        {
            ServerCode.Leave(outer);
        }
    }

    /// <summary>Kestrel reads no more: whoever still writes hears of the connection's end now, for nobody sees the peer's.</summary>
    private void EndUnread() => home.Loop.TryPost(new ServerItem(() => End(null)));

    private Exception? ReasonOf(Exception? exception)
    {
        if (exception is SocketException { SocketErrorCode: SocketError.ConnectionReset or SocketError.Shutdown or SocketError.ConnectionAborted })
        {
            TransportLog.ConnectionReset(listener.Logger, _connection);
            return new ConnectionResetException(exception.Message, exception);
        }

        if (exception is not null)
            TransportLog.ConnectionError(listener.Logger, _connection, exception);
        return exception;
    }

    private async void Pause(ValueTask<FlushResult> flushed)
    {
        TransportLog.ConnectionPause(listener.Logger, _connection);
        _transport.PauseReading();
        FlushResult result;
        try
        {
            result = await flushed.ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // Whatever it is, it is this connection's end, not the program's.
            _connection.Abort(new ConnectionAbortedException("The connection's input has failed.", exception));
            return;
        }

        TransportLog.ConnectionResume(listener.Logger, _connection);
        if (result.IsCompleted)
        {
            EndUnread();
            return;
        }

        // Whoever read may be elsewhere.
        await new LoopSwitch(home.Loop);
        if (ReferenceEquals(EventLoop.RunningOrNull, home.Loop))
            _transport.ResumeReading();
    }
}
