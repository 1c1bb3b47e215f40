using System.Net;
using System.Net.Sockets;
using ChaosProxy;
using Tulip;

namespace Flags;

/// <summary>Where flags come from, with the client to get them: a built-in server started for this run, or any address.</summary>
internal sealed class Site : IAsyncDisposable
{
    private static readonly TimeSpan s_connectTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(30);

    private readonly FlagServer? _server;
    private readonly ProxyThread? _proxy;
    private readonly HttpMessageHandler? _standIn;

    private Site(string label, string url, FlagServer? server, ProxyThread? proxy = null, HttpMessageHandler? standIn = null)
    {
        Label = label;
        Url = url;
        _server = server;
        _proxy = proxy;
        _standIn = standIn;
        Http = CreateHttp(CreateHandler);
    }

    public string Label { get; }

    public string Url { get; }

    /// <summary>The one client of a run with threads: it keeps and shares the connections.</summary>
    public HttpClient Http { get; }

    private bool IsBuiltIn => _server is not null;

    public static Site At(string url) => new(nameof(ServerKind.REMOTE), url, server: null);

    /// <summary>A site without a network: the handler answers. It stays its owner's.</summary>
    public static Site AnsweredBy(HttpMessageHandler handler, string url) => new(nameof(ServerKind.REMOTE), url, server: null, standIn: handler);

    public static async Task<Site> BuiltIn(ServerKind kind, Behaviour behaviour, int imageScale = 1)
    {
        var server = await FlagServer.StartNear(FlagServer.UsualPort(kind), behaviour, imageScale);
        return new Site(kind.ToString(), server.Url, server);
    }

    /// <summary>The same site in two parts, as the texts have it: a server that answers at once, and a proxy before it that delays and fails.</summary>
    public static async Task<Site> BehindProxy(ServerKind kind, Behaviour behaviour)
    {
        var server = await FlagServer.StartNear(FlagServer.UsualPort(ServerKind.LOCAL), Behaviour.Of(ServerKind.LOCAL));
        try
        {
            var port = kind is ServerKind.LOCAL ? 0 : FlagServer.UsualPort(kind);
            var proxy = await StartProxy(behaviour.ToProxyOptions(server.Port, port));
            return new Site(kind.ToString(), $"http://localhost:{proxy.Port}/flags", server, proxy);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>A client whose connections are the running loop's. It is the caller's.</summary>
    public HttpClient CreateHttpOnLoop() => CreateHttp(() => Aio.CreateHttpHandler(new HttpHandlerOptions
    {
        ConnectTimeout = s_connectTimeout,
        Connection = new ConnectionOptions { Family = IsBuiltIn ? AddressFamily.InterNetwork : AddressFamily.Unspecified, HappyEyeballsDelay = 0.25 },
        Configure = handler => handler.UseProxy = !IsBuiltIn,
    }));

    public async ValueTask DisposeAsync()
    {
        // The client first: a server waits for connections that are still open.
        Http.Dispose();
        if (_proxy is not null)
            await _proxy.DisposeAsync();
        if (_server is not null)
            await _server.DisposeAsync();
    }

    private static async Task<ProxyThread> StartProxy(ProxyOptions options)
    {
        try
        {
            return await ProxyThread.Start(options);
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.AddressAlreadyInUse)
        {
            return await ProxyThread.Start(options with { Proxy = options.Proxy with { Port = 0 } });
        }
    }

    private HttpClient CreateHttp(Func<HttpMessageHandler> createHandler)
        => new(_standIn ?? createHandler(), disposeHandler: _standIn is null) { Timeout = s_timeout };

    private SocketsHttpHandler CreateHandler()
    {
        // Any number of connections: how many there are at a time is the downloader's business.
        var handler = new SocketsHttpHandler { ConnectTimeout = s_connectTimeout };
        if (IsBuiltIn)
        {
            // The name in the address is for people; a proxy or the IPv6 loopback could lead to another program.
            handler.UseProxy = false;
            handler.ConnectCallback = ConnectToLoopback;
        }

        return handler;
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
