// SharedListeners: listening sockets of several loops' servers. One of the servers accepts for all; when its loop is lost, the next goes on.
// Thread: any; each server is touched on its own loop.  Guarded by _gate: the place, the end.  Owns: the sockets.
//   1. At most one server has been told to accept. It borrows the sockets: what clients wait in, their queues, outlives its loop.
//   2. Closed once: by whoever has the servers, after these, or when no loop is left, so that clients are refused instead of
//      waiting for nobody.
using System.Net.Sockets;

namespace Tulip;

internal sealed class SharedListeners
{
    private readonly Lock _gate = new();
    private readonly IReadOnlyList<Server> _servers;
    private readonly IReadOnlyList<Socket> _sockets;
    private Action? _onClose;
    private int _at = -1;
    private bool _closed;

    private SharedListeners(IReadOnlyList<Server> servers, IReadOnlyList<Socket> sockets, Action? onClose)
    {
        _servers = servers;
        _sockets = sockets;
        _onClose = onClose;
    }

    /// <summary>Makes the first server accept for all, and another one when its loop is lost. On the first loop's thread, before it
    /// serves.</summary>
    public static SharedListeners Of(IReadOnlyList<Server> servers)
    {
        var (sockets, onClose) = servers[0].GiveListeners();
        var shared = new SharedListeners(servers, sockets, onClose) { _at = 0 };
        try
        {
            servers[0].TakeListeners(sockets, ConnectionHandover.For(servers[0], servers));
            return shared;
        }
        catch
        {
            shared.Close();
            throw;
        }
    }

    /// <summary>A loop is lost: if it was the accepting one, the next accepts. Any thread.</summary>
    public void OnLoopLost()
    {
        lock (_gate)
        {
            if (!_closed && !_servers[_at].IsAlive)
                Advance();
        }
    }

    /// <summary>Closes the sockets; the servers are closed by whoever has them. Closing twice is harmless.</summary>
    public void Close()
    {
        lock (_gate)
        {
            if (_closed)
                return;

            _closed = true;
            foreach (var socket in _sockets)
                socket.Dispose();
            _onClose?.Invoke();
            _onClose = null;
        }
    }

    private void Advance()
    {
        do
            _at++;
        while (_at < _servers.Count && !_servers[_at].IsAlive);
        if (_at == _servers.Count)
        {
            Close();
            return;
        }

        // Should it be lost now, it says so itself: nobody else need ask whether this was posted.
        var server = _servers[_at];
        server.GetLoop().TryPost((Action)(() => Take(server)));
    }

    private void Take(Server server)
    {
        lock (_gate)
        {
            if (_closed || !ReferenceEquals(_servers[_at], server))
                return;

            try
            {
                server.TakeListeners(_sockets, ConnectionHandover.For(server, _servers));
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException or NotSupportedException)
            {
                server.GetLoop().CallExceptionHandler(new LoopErrorContext("This loop cannot accept in the place of one that is lost; the next is asked") { Exception = exception });
                Advance();
            }
        }
    }
}
