using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Flags;

/// <summary>
/// A site of flags on the loopback address. It runs on Kestrel's own threads, so what it costs never delays the loop
/// that downloads from it.
/// </summary>
internal sealed class FlagServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FlagServer(WebApplication app, int port)
    {
        _app = app;
        Port = port;
    }

    public int Port { get; }

    /// <summary>The address that flags' paths are added to.</summary>
    public string Url => $"http://localhost:{Port}/flags";

    /// <summary>The port each kind listens on when it is free.</summary>
    public static int UsualPort(ServerKind kind) => kind switch
    {
        ServerKind.LOCAL => 8001,
        ServerKind.DELAY => 8002,
        ServerKind.ERROR => 8003,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Only built-in servers have a port."),
    };

    /// <summary>Starts on the port, or on any free one when that is taken.</summary>
    public static async Task<FlagServer> StartNear(int port, Behaviour behaviour, int imageScale = 1)
    {
        try
        {
            return await Start(port, behaviour, imageScale);
        }
        catch (IOException exception) when (exception.InnerException is AddressInUseException or SocketException)
        {
            return await Start(0, behaviour, imageScale);
        }
    }

    /// <summary>Starts on exactly this port; 0 takes any free one.</summary>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<FlagServer> Start(int port, Behaviour behaviour, int imageScale = 1)
    {
        try
        {
            return await Listen(port, behaviour, imageScale);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            // Two programs may be given one port and only then start to listen on it: the second finds out so late that
            // Kestrel lets the socket's own exception pass.
            throw new IOException($"Port {port} is taken by another program.", exception);
        }
    }

    private static async Task<FlagServer> Listen(int port, Behaviour behaviour, int imageScale = 1)
    {
        // An empty builder reads no configuration and logs nothing: the program's output is its own.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Listen(IPAddress.Loopback, port);
        });
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();

        var app = builder.Build();
        app.Run(new FlagPages(behaviour, imageScale).Answer);
        try
        {
            await app.StartAsync();
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        var addresses = app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>();
        return new FlagServer(app, new Uri(addresses.Addresses.First()).Port);
    }

    public async ValueTask DisposeAsync()
    {
        // Long enough for an answer that is under way, not for a client that keeps its connection.
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _app.StopAsync(patience.Token);
        await _app.DisposeAsync();
    }

    /// <summary>The host's usual lifetime takes Ctrl-C for itself; here the program decides what Ctrl-C ends.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
