using System.Net;
using System.Net.Sockets;

namespace Tulip.Transports.Tests.Support;

/// <summary>Two connected sockets, made by the loop.</summary>
internal sealed record Ends(Socket Client, Socket Server, EndPoint? Address) : IDisposable
{
    public static Socket Listen()
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        return listener;
    }

    public static async Coroutine<Ends> Open(Rig rig)
    {
        using var listener = Listen();
        var accepting = CreateTask(rig.Loop.SockAccept(listener));
        await Sleep(0);
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await rig.Loop.SockConnect(client, listener.LocalEndPoint!);
        var (server, address) = await accepting;
        return new Ends(client, server, address);
    }

    public void Dispose()
    {
        Client.Dispose();
        Server.Dispose();
    }
}
