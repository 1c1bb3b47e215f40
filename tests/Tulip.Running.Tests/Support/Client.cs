using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tulip.Running.Tests;

/// <summary>A client on a thread of its own, without Tulip.</summary>
internal sealed class Client : IDisposable
{
    private readonly Socket _socket;

    private Client(EndPoint address)
    {
        _socket = new Socket(
            address.AddressFamily, SocketType.Stream, address is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified)
        {
            ReceiveTimeout = (int)LoopThread.Guard.TotalMilliseconds,
            SendTimeout = (int)LoopThread.Guard.TotalMilliseconds,
        };
        try
        {
            _socket.Connect(address);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    public static Client To(EndPoint address) => new(address);

    /// <summary>Many clients, each of which has been answered once.</summary>
    public static List<(Client Client, string Answer)> Crowd(EndPoint address, int count)
        => [.. Enumerable.Range(0, count).Select(_ =>
        {
            var client = To(address);
            return (client, client.Ask("who?"));
        })];

    public void Send(string line) => _socket.Send(Encoding.ASCII.GetBytes(line + "\n"));

    public string Ask(string line)
    {
        Send(line);
        return Read();
    }

    /// <summary>A line without its end; empty at the end of the stream.</summary>
    public string Read()
    {
        var text = new StringBuilder();
        var octet = new byte[1];
        while (_socket.Receive(octet) == 1 && octet[0] != '\n')
            text.Append((char)octet[0]);
        return text.ToString();
    }

    public void WaitForData() => Assert.Equal(1, _socket.Receive(new byte[1]));

    /// <summary>Waits until the server has ended the connection, in order or not.</summary>
    public void WaitForTheEnd()
    {
        try
        {
            while (_socket.Receive(new byte[100]) > 0)
            {
            }
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionReset)
        {
        }
    }

    public void Dispose() => _socket.Dispose();
}
