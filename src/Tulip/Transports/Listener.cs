// Listener: one listening socket of a server.
// Thread: the loop's.  Owns: its handle.
//   1. While the system has no room for another connection it accepts none; it tries again after AcceptRetryDelay, and as soon
//      as one of the server's connections has gone. The exception handler is told once, until an accept has succeeded.
//   2. A connection that was accepted when the listener is closed already is closed too.
using System.Net;
using System.Net.Sockets;
using Tulip.Engines;

namespace Tulip;

internal sealed class Listener(Server server, LoopTransports shared, IoHandle handle) : IIoEventTarget
{
    private IoToken _accept;
    private TimerHandle? _retry;
    private Socket? _view;
    private bool _accepting;
    private bool _closed;
    private bool _reported;

    /// <summary>The address it listens at.</summary>
    public EndPoint? Address { get; } = shared.Engine.Sockets.LocalEndPoint(handle);

    /// <summary>A view of the socket; null if the engine has no real ones, or it is closed.</summary>
    public Socket? View => _closed ? null : _view ??= shared.Engine.Sockets.View(handle);

    /// <summary>The socket as the caller's own; the listener is of no more use, and still to be closed.</summary>
    public Socket Export() => shared.Engine.Sockets.Export(handle);

    public void Listen(int backlog) => shared.Engine.Sockets.Listen(handle, backlog);

    /// <summary>Begins to accept, unless it does already.</summary>
    public void Accept()
    {
        if (_accepting || _closed)
            return;

        _retry?.Cancel();
        _retry = null;
        _accept = shared.Engine.Submit(new IoRequest { Opcode = IoOpcode.Accept, Handle = handle, State = this }, out _);
        _accepting = true;
    }

    /// <summary>One of the server's connections has gone: there may be room again.</summary>
    public void RetryNow()
    {
        if (_retry is not null)
            Accept();
    }

    public void Close()
    {
        if (_closed)
            return;

        _closed = true;
        _retry?.Cancel();
        if (_accepting)
            shared.Engine.Cancel(_accept);
        shared.Engine.Close(handle);
    }

    void IIoTarget.Complete(in IoCompletion completion) => shared.Events.Post(completion);

    void IIoTarget.Flush()
    {
    }

    void IIoEventTarget.Handle(in IoCompletion completion)
    {
        if (!completion.More)
            _accepting = false;
        if (completion.Result >= 0)
        {
            if (_closed)
            {
                shared.Engine.Close(completion.Handle, reset: true);
                return;
            }

            _reported = false;
            server.OnAccepted(completion.Handle);
        }
        else if (!_closed)
        {
            OnFailed(-completion.Result);
        }

        if (!completion.More && _retry is null)
            Accept();
    }

    private void OnFailed(int error)
    {
        // The client was gone before it was accepted, or a signal came: there is nothing to wait for.
        if (error is IoError.ConnectionAborted or IoError.Interrupted or IoError.Again or IoError.Canceled)
            return;

        var noRoom = error is IoError.TooManyOpenFiles or IoError.TooManyOpenFilesInSystem or IoError.NoBufferSpace or IoError.NoMemory;
        if (!_reported)
        {
            _reported = true;
            shared.Loop.CallExceptionHandler(new LoopErrorContext(noRoom ? "socket.accept() out of system resource" : "Accepting a connection failed")
            {
                Exception = IoError.ToException(-error),
                Socket = Address,
            });
        }

        _retry = shared.Loop.CallLater(shared.AcceptRetryDelay, () =>
        {
            _retry = null;
            Accept();
        });
    }
}
