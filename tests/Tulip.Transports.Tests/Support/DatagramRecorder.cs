using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tulip.Transports.Tests.Support;

/// <summary>A datagram protocol that notes what it is told, in order.</summary>
internal class DatagramRecorder : DatagramProtocol
{
    public List<string> Events { get; } = [];

    public List<(byte[] Data, EndPoint? From)> Received { get; } = [];

    public List<SocketError> Errors { get; } = [];

    public DatagramTransport Transport { get; private set; } = null!;

    public Exception? Failure { get; private set; }

    public bool IsLost { get; private set; }

    public Action<DatagramRecorder>? OnMade { get; set; }

    public Action<DatagramRecorder, byte[], EndPoint?>? OnDatagram { get; set; }

    public Action<DatagramRecorder>? OnError { get; set; }

    public IEnumerable<string> Texts => Received.Select(static datagram => Encoding.Latin1.GetString(datagram.Data));

    public EndPoint Address => Transport.LocalEndPoint!;

    public override void ConnectionMade(DatagramTransport transport)
    {
        Transport = transport;
        Events.Add("made");
        OnMade?.Invoke(this);
    }

    public override void DatagramReceived(ReadOnlySpan<byte> data, EndPoint? address)
    {
        var copy = data.ToArray();
        Received.Add((copy, address));
        OnDatagram?.Invoke(this, copy, address);
    }

    public override void ErrorReceived(Exception exception)
    {
        Errors.Add(Assert.IsType<SocketException>(exception).SocketErrorCode);
        OnError?.Invoke(this);
    }

    public override void PauseWriting() => Events.Add("pause");

    public override void ResumeWriting() => Events.Add("resume");

    public override void ConnectionLost(Exception? exception)
    {
        Failure = exception;
        IsLost = true;
        Events.Add("lost");
    }

    /// <summary>An endpoint at the loopback address, or connected to an address.</summary>
    public static async Coroutine<DatagramRecorder> Open(Rig rig, EndPoint? peer = null, DatagramOptions? options = null)
    {
        (string, int)? remote = peer is IPEndPoint ip ? (ip.Address.ToString(), ip.Port) : null;
        var (_, protocol) = await rig.Loop.CreateDatagramEndpoint(
            static () => new DatagramRecorder(), remote is null ? ("127.0.0.1", 0) : null, remote, options);
        return protocol;
    }
}
