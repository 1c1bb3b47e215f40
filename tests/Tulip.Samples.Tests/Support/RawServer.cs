using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tulip.Samples.Tests;

/// <summary>A server that sends prepared octets to every connection and closes it: what no real HTTP server does.</summary>
internal sealed class RawServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly byte[] _answer;

    public RawServer(string answer)
    {
        _answer = Encoding.Latin1.GetBytes(answer);
        _listener.Start();
        _ = Accept();
    }

    public string Url => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/flags";

    public void Dispose() => _listener.Dispose();

    private async Task Accept()
    {
        try
        {
            while (true)
                _ = Answer(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task Answer(TcpClient client)
    {
        using (client)
        {
            var stream = client.GetStream();
            await ReadRequest(stream);
            await stream.WriteAsync(_answer);

            // A polite end: closing with octets unread would reset the connection instead.
            client.Client.Shutdown(SocketShutdown.Send);
            _ = await stream.ReadAsync(new byte[1]);
        }
    }

    private static async Task ReadRequest(NetworkStream stream)
    {
        var request = "";
        var buffer = new byte[4096];
        var count = 1;
        while (count > 0 && !request.EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            count = await stream.ReadAsync(buffer);
            request += Encoding.Latin1.GetString(buffer, 0, count);
        }
    }
}
