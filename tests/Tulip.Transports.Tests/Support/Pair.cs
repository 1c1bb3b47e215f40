using System.Net;
using System.Net.Sockets;

namespace Tulip.Transports.Tests.Support;

/// <summary>A connection with a transport at one end and a plain socket, which the test controls, at the other.</summary>
internal sealed class Pair : IDisposable
{
    public required Recorder Protocol { get; init; }

    public required Socket Peer { get; init; }

    public Transport Transport => Protocol.Transport;

    public static async Coroutine<Pair> Open(Rig rig, Recorder? protocol = null)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        var (_, made) = await rig.Loop.CreateConnection(() => protocol ?? new Recorder(), "127.0.0.1", port);
        return new Pair { Protocol = made, Peer = listener.Accept() };
    }

    /// <summary>Sends without waiting: small pieces find room.</summary>
    public void Send(string text) => Peer.Send(System.Text.Encoding.Latin1.GetBytes(text));

    /// <summary>Reads all there is until the end, on another thread.</summary>
    public Task<byte[]> ReadToEnd() => Task.Run(() =>
    {
        using var all = new MemoryStream();
        var buffer = new byte[64 * 1024];
        for (int count; (count = Peer.Receive(buffer)) > 0;)
            all.Write(buffer, 0, count);
        return all.ToArray();
    });

    /// <summary>Ends the peer's side with a reset.</summary>
    public void Reset()
    {
        Peer.LingerState = new LingerOption(true, 0);
        Peer.Close();
    }

    public void Dispose() => Peer.Dispose();
}
