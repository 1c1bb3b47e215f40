using System.Net;
using System.Net.Sockets;

namespace Flags;

/// <summary>Where flags come from, with the client to get them: a built-in server started for this run, or any address.</summary>
internal sealed class Site : IAsyncDisposable
{
    private readonly FlagServer? _server;

    private Site(string label, string url, FlagServer? server)
    {
        Label = label;
        Url = url;
        _server = server;
        Http = CreateClient(isBuiltIn: server is not null);
    }

    public string Label { get; }

    public string Url { get; }

    /// <summary>The one client of a run: it keeps and shares the connections.</summary>
    public HttpClient Http { get; }

    public static Site At(string url) => new(nameof(ServerKind.REMOTE), url, server: null);

    public static async Task<Site> BuiltIn(ServerKind kind, Behaviour behaviour, int imageScale = 1)
    {
        var server = await FlagServer.StartNear(FlagServer.UsualPort(kind), behaviour, imageScale);
        return new Site(kind.ToString(), server.Url, server);
    }

    public async ValueTask DisposeAsync()
    {
        // The client first: a server waits for connections that are still open.
        Http.Dispose();
        if (_server is not null)
            await _server.DisposeAsync();
    }

    private static HttpClient CreateClient(bool isBuiltIn)
    {
        // Any number of connections: how many there are at a time is the downloader's business.
        var handler = new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(10) };
        if (isBuiltIn)
        {
            // The name in the address is for people; a proxy or the IPv6 loopback could lead to another program.
            handler.UseProxy = false;
            handler.ConnectCallback = ConnectToLoopback;
        }

        return new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(30) };
    }

    private static async ValueTask<Stream> ConnectToLoopback(SocketsHttpConnectionContext context, CancellationToken cancelled)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancelled);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
