using Tulip.Engines;

namespace Tulip;

/// <summary>What transports over a socket know of it. Thread: the loop's.</summary>
internal static class SocketInfo
{
    /// <summary>The answer of <see cref="BaseTransport.GetExtraInfo"/>.</summary>
    public static object? Get(LoopTransports shared, BaseTransport transport, IoHandle handle, TransportExtras extras, bool hasEnded, string name)
    {
        var sockets = shared.Engine.Sockets;
        switch (name)
        {
            case BaseTransport.PeerName:
                return extras.Remote ?? (hasEnded ? null : extras.Remote = sockets.RemoteEndPoint(handle));
            case BaseTransport.SockName:
                return extras.Local ?? (hasEnded ? null : extras.Local = sockets.LocalEndPoint(handle));
            case BaseTransport.SocketName when !hasEnded:
                if (extras.View is null && sockets.View(handle) is { } view)
                {
                    extras.View = view;
                    shared.Show((int)view.Handle, transport);
                }

                return extras.View;
            default:
                return null;
        }
    }

    /// <summary>The socket is closed: nobody gets it any more.</summary>
    public static void Forget(LoopTransports shared, BaseTransport transport, TransportExtras? extras)
    {
        if (extras?.View is not { } view)
            return;

        shared.Forget((int)view.Handle, transport);
        extras.View = null;
    }
}
