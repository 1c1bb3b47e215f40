// TestServer: a Kestrel of its own for one test, at a port that the system chooses.
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Tulip.AspNetCore.Tests.Support;

public sealed class TestServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestServer(WebApplication app, TestLog log, string? path)
    {
        _app = app;
        Log = log;
        Path = path;
        if (path is null)
            Port = new Uri(app.Urls.First()).Port;
    }

    public int Port { get; }

    /// <summary>The path of its Unix socket, if it listens at one.</summary>
    public string? Path { get; }

    public IServiceProvider Services => _app.Services;

    public TestLog Log { get; }

    /// <summary>Starts a server.</summary>
    /// <param name="carrier">One of <see cref="Carriers"/>.</param>
    /// <param name="map">What it serves.</param>
    /// <param name="setup">The parts that few tests change.</param>
    public static async Task<TestServer> Start(string carrier, Action<WebApplication> map, TestServerSetup? setup = null)
    {
        setup ??= new TestServerSetup();
        var log = new TestLog();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Debug).AddProvider(log);
        builder.WebHost.UseKestrelHttpsConfiguration();
        setup.Services?.Invoke(builder.Services);
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.Limits.MinRequestBodyDataRate = null;
            options.Limits.MinResponseDataRate = null;
            setup.Kestrel?.Invoke(options);
            if (setup.UnixPath is { } path)
                options.ListenUnixSocket(path, listen => setup.Listen?.Invoke(listen));
            else
                options.Listen(IPAddress.Loopback, 0, listen => setup.Listen?.Invoke(listen));
        });
        if (carrier != Carriers.Sockets)
        {
            builder.WebHost.UseTulip(options =>
            {
                options.Engine = carrier;
                setup.Tulip?.Invoke(options);
            });
        }

        var app = builder.Build();
        map(app);
        await app.StartAsync();
        return new TestServer(app, log, setup.UnixPath);
    }

    public Uri Url(string path, string scheme = "http") => new($"{scheme}://127.0.0.1:{Port}{path}");

    /// <summary>A client whose connections are this server's only.</summary>
    public HttpClient Client(Version? version = null) => new(new SocketsHttpHandler
    {
        SslOptions = { RemoteCertificateValidationCallback = static (_, _, _, _) => true },
        ConnectCallback = Path is null ? null : async (_, cancellation) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    {
        BaseAddress = Path is null ? Url("/") : new Uri("http://localhost/"),
        DefaultRequestVersion = version ?? HttpVersion.Version11,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Timeout = TestTime.Guard,
    };

    /// <summary>A connection for bytes of the test's own.</summary>
    public async Task<RawClient> Connect(int receiveBuffer = 0)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBuffer > 0)
            socket.ReceiveBufferSize = receiveBuffer;
        await socket.ConnectAsync(IPAddress.Loopback, Port);
        return new RawClient(socket);
    }

    /// <summary>The memory of Tulip's loops; none on stock sockets.</summary>
    internal IReadOnlyList<LoopMemoryPool> Pools()
        => Services.GetService<ServerLoops>() is { } loops ? [.. loops.Start().Select(static thread => thread.Memory)] : [];

    public Task Stop(CancellationToken cancellationToken = default) => _app.StopAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        // Nobody waits for clients that a failed test has left.
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }
}

/// <summary>What a test wants of its server besides the usual.</summary>
public sealed class TestServerSetup
{
    public Action<KestrelServerOptions>? Kestrel { get; init; }

    public Action<ListenOptions>? Listen { get; init; }

    public Action<TulipTransportOptions>? Tulip { get; init; }

    public Action<IServiceCollection>? Services { get; init; }

    public string? UnixPath { get; init; }
}

/// <summary>What was logged.</summary>
public sealed class TestLog : ILoggerProvider
{
    private readonly ConcurrentQueue<TestLogEntry> _entries = new();

    public IReadOnlyCollection<TestLogEntry> Entries => _entries;

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
    }

    private sealed class Logger(TestLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
            => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            => log._entries.Enqueue(new TestLogEntry(category, logLevel, eventId.Name ?? "", formatter(state, exception), exception));
    }
}

public sealed record TestLogEntry(string Category, LogLevel Level, string Event, string Message, Exception? Exception);
