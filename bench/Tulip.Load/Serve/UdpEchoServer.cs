using System.Globalization;
using System.Net;
using Tulip.Engines;

namespace Tulip.Load.Serve;

/// <summary>Sends datagrams back to a load generator in another process, until a signal ends it.</summary>
/// <param name="Port">The port at 127.0.0.1; 0 for any, which is printed behind <c>ready</c>.</param>
/// <param name="Engine">A name that <see cref="EngineSelector"/> takes.</param>
internal sealed record UdpEchoServer(int Port, string Engine)
{
    public void Run(TextWriter output)
    {
        using var loop = new EventLoop(engine: EngineSelector.Create(Engine));
        loop.RunUntilComplete(Serve(loop, output));
    }

    private async Coroutine Serve(EventLoop loop, TextWriter output)
    {
        var stop = EchoServer.StopOnSignal(loop);
        var (transport, _) = await loop.CreateDatagramEndpoint(static () => new EchoDatagrams(), ("127.0.0.1", Port));
        output.WriteLine(Port == 0 ? string.Create(CultureInfo.InvariantCulture, $"ready {((IPEndPoint)transport.LocalEndPoint!).Port}") : "ready");
        output.Flush();
        await stop;
        transport.Close();
    }

    private sealed class EchoDatagrams : DatagramProtocol
    {
        private DatagramTransport _transport = null!;

        public override void ConnectionMade(DatagramTransport transport) => _transport = transport;

        public override void DatagramReceived(ReadOnlySpan<byte> data, EndPoint? address) => _transport.SendTo(data, address);
    }
}
