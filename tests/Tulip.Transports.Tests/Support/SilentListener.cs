using System.Net;
using System.Net.Sockets;

namespace Tulip.Transports.Tests.Support;

/// <summary>An address that does not answer: its backlog is full, so that the kernel drops who knocks.</summary>
internal sealed class SilentListener : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Socket _first = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public SilentListener(IPAddress address, int port)
    {
        _listener.Bind(new IPEndPoint(address, port));
        _listener.Listen(0);
        _first.Connect(Address);
    }

    public EndPoint Address => _listener.LocalEndPoint!;

    /// <summary>Makes room for one.</summary>
    public void Answer() => _listener.Accept().Dispose();

    public void Dispose()
    {
        _first.Dispose();
        _listener.Dispose();
    }
}
