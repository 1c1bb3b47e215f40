using System.Net.Sockets;

namespace Evolution;

/// <summary>A socket that never waits: each call does what can be done now. What the ways differ in is how they wait in between.</summary>
internal sealed class PageSocket : IDisposable
{
    private const int ReceiveSize = 4096;

    private readonly PageRequest _request;
    private readonly MemoryStream _received = new();

    public PageSocket(PageRequest request)
    {
        _request = request;
        Socket = new Socket(request.Server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
    }

    public Socket Socket { get; }

    /// <summary>Begins to connect.</summary>
    public void StartConnect()
    {
        try
        {
            Socket.Connect(_request.Server);
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            // As expected: it goes on while we do something else.
        }
    }

    /// <summary>Sends the request; the connection must be there. It is short: the system takes it whole.</summary>
    /// <exception cref="SocketException">The connection was refused.</exception>
    public void Send()
    {
        if (Socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error) is int error and not 0)
            throw new SocketException(error);
        Socket.Send(_request.ToBytes());
    }

    /// <summary>Takes what has come.</summary>
    /// <returns>False when the server has closed the connection: the page is whole.</returns>
    public bool Receive()
    {
        Span<byte> buffer = stackalloc byte[ReceiveSize];
        var count = Socket.Receive(buffer);
        _received.Write(buffer[..count]);
        return count > 0;
    }

    public string ParsePage() => _request.Parse(_received.GetBuffer().AsSpan(0, (int)_received.Length));

    public void Dispose() => Socket.Dispose();
}
