using System.Net.Sockets;

namespace Tulip.Engines.Portable;

/// <summary>What the engine knows of a socket. Thread: the engine's.</summary>
internal sealed class PortableSocket(Socket socket)
{
    public Socket Socket { get; set; } = socket;

    public PortableOperation? Read { get; set; }

    public PortableOperation? Write { get; set; }

    public bool IsListener { get; set; }

    /// <summary>The socket is somebody else's: it is not closed, so what waits for it has to be cancelled.</summary>
    public bool IsOthers { get; set; }

    /// <summary>Options that accepted connections are given where the system does not do so by itself.</summary>
    public List<(IoSocketOption Option, int Value)> Inherited { get; } = [];

    /// <summary>How many polls the poller's thread has of this socket: it may not be closed under them.</summary>
    public int Polls { get; set; }

    /// <summary>It is to be closed when the last poll is back.</summary>
    public bool IsClosing { get; private set; }

    private bool _reset;

    /// <summary>Closes the socket now, or when the last poll is back.</summary>
    public void Close(bool reset)
    {
        IsClosing = true;
        _reset |= reset;
        if (Polls > 0 || IsOthers)
            return;

        if (_reset)
        {
            Socket.Close(0);
            return;
        }

        // .NET resets a connection that is closed while one of its operations waits, unless its sending half has been
        // ended: the end is what a close sends anyway.
        if (!IsListener && (Read is not null || Write is not null))
            EndStream();
        Socket.Dispose();
    }

    private void EndStream()
    {
        try
        {
            Socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // Not connected, or no longer.
        }
    }
}

/// <summary>A place in the engine's table.</summary>
internal struct PortableSlot
{
    public PortableSocket Socket;
}
