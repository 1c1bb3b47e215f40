// ConnectionHandover: takes what one loop accepts to the servers of several loops, in turn.
// Thread: the accepting loop's; of the other servers only their loops' inboxes are used.
//   1. A socket that cannot be moved stays with the server that accepted it.
//   2. A socket on its way to a loop that ends is closed: at once, or when it is collected.
using System.Net.Sockets;
using Tulip.Engines;

namespace Tulip;

/// <summary>Counts connections, for whoever has several servers.</summary>
internal interface IConnectionCount
{
    /// <summary>Whether the loop still takes connections. Any thread.</summary>
    bool IsAlive { get; }

    void OnOpened();

    void OnClosed();
}

internal sealed class ConnectionHandover(Server accepting, IReadOnlyList<Server> servers)
{
    private int _last = -1;

    /// <summary>For a server that accepts for all; null where sockets cannot be moved between loops.</summary>
    public static ConnectionHandover? For(Server accepting, IReadOnlyList<Server> servers)
        => OperatingSystem.IsLinux() || OperatingSystem.IsWindows() ? new(accepting, servers) : null;

    /// <summary>Hands a connection to the server whose turn it is; false if that is the accepting one.</summary>
    public bool TryHand(IIoEngine engine, IoHandle handle)
    {
        if (Next() is not { } server || ReferenceEquals(server, accepting))
            return false;

        Socket socket;
        try
        {
            socket = engine.Sockets.Export(handle);
        }
        catch (SocketException)
        {
            // No room for a second descriptor, most likely.
            return false;
        }

        engine.Close(handle);
        if (!server.GetLoop().TryPost((Action)(() => server.OnHanded(socket))))
            socket.Dispose();
        return true;
    }

    private Server? Next()
    {
        for (var tries = 0; tries < servers.Count; tries++)
        {
            _last = (_last + 1) % servers.Count;
            if (servers[_last].IsAlive)
                return servers[_last];
        }

        return null;
    }
}
