using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Tulip.Http.Tests;

/// <summary>Stock Kestrel, in plain, with TLS and at a Unix socket, with what the tests ask for.</summary>
internal sealed class HttpServer : IDisposable
{
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _arrived = new(0);
    private readonly SemaphoreSlim _aborted = new(0);
    private readonly SemaphoreSlim _ended = new(0);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("http-test-");
    private readonly X509Certificate2 _certificate = TestCertificate.Make();
    private readonly WebApplication _app;
    private int _connections;

    public HttpServer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.UseSockets(static options => options.Backlog = 4096);
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.Limits.MaxRequestBodySize = null;
            options.Limits.MinResponseDataRate = null;
            options.Listen(IPAddress.Loopback, 0, Plain);
            options.Listen(IPAddress.Loopback, 0, Secure);
            options.ListenUnixSocket(Path, Plain);
        });
        _app = builder.Build();
        _app.UseWebSockets();
        Map();
        _app.StartAsync().WaitGuarded();
        var addresses = _app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.ToArray();
        Url = new Uri(addresses[0]);
        SecureUrl = new Uri(addresses[1]);
    }

    public Uri Url { get; }

    public Uri SecureUrl { get; }

    /// <summary>Of the Unix socket.</summary>
    public string Path => System.IO.Path.Combine(_folder.FullName, "socket");

    /// <summary>How many connections have been accepted in all.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>What <c>/pour</c> has handed to the connection so far, in bytes.</summary>
    public long Poured;

    /// <summary>Lets all requests to <c>/gate</c> and the bodies of <c>/half</c> go on.</summary>
    public void OpenGate() => _open.TrySetResult();

    /// <summary>Waits for so many more requests to <c>/gate</c>.</summary>
    public Task Arrived(int count) => Take(_arrived, count);

    /// <summary>Waits until so many more requests were given up by the client.</summary>
    public Task Aborted(int count) => Take(_aborted, count);

    /// <summary>Waits until so many more connections have ended.</summary>
    public Task Ended(int count) => Take(_ended, count);

    public void Dispose()
    {
        OpenGate();
        _app.StopAsync().WaitGuarded();
        _app.DisposeAsync().AsTask().WaitGuarded();
        _certificate.Dispose();
        _folder.Delete(recursive: true);
    }

    private static async Task Take(SemaphoreSlim semaphore, int count)
    {
        for (var i = 0; i < count; i++)
            Assert.True(await semaphore.WaitAsync(LoopThread.Guard), "What was waited for did not happen.");
    }

    private void Plain(ListenOptions options)
    {
        options.Protocols = HttpProtocols.Http1;
        Count(options);
    }

    private void Secure(ListenOptions options)
    {
        options.Protocols = HttpProtocols.Http1AndHttp2;
        options.UseHttps(_certificate);
        Count(options);
    }

    private void Count(ListenOptions options) => options.Use(next => async connection =>
    {
        Interlocked.Increment(ref _connections);
        try
        {
            await next(connection);
        }
        finally
        {
            _ended.Release();
        }
    });

    private void Map()
    {
        _app.MapGet("/now", static (HttpContext context) => $"now {context.Request.Protocol}");
        _app.MapGet("/number/{n}", static (int n) => $"{n}");
        _app.MapGet("/moved", static () => Results.Redirect("/now"));
        _app.MapGet("/bytes/{count}", static (int count) => Results.Bytes(new byte[count]));
        _app.MapGet("/gate/{n}", (int n, HttpContext context) => Pass(n, context.RequestAborted));
        _app.MapGet("/half", (HttpContext context) => Half(context));
        _app.MapGet("/pour", (HttpContext context) => Pour(context));
        _app.MapGet("/break", static async (HttpContext context) =>
        {
            context.Response.ContentLength = 1000;
            await context.Response.Body.WriteAsync(new byte[10]);
            await context.Response.Body.FlushAsync();
            context.Abort();
        });
        _app.MapGet("/hang-up", static (HttpContext context) => context.Abort());
        _app.MapPost("/echo", static async (HttpContext context) =>
        {
            // All is read first: HttpClient sends all before it reads.
            using var copy = new MemoryStream();
            await context.Request.Body.CopyToAsync(copy);
            await context.Response.Body.WriteAsync(copy.GetBuffer().AsMemory(0, (int)copy.Length));
        });
        _app.Map("/socket", static (HttpContext context) => EchoMessages(context));
    }

    private async Task<string> Pass(int n, CancellationToken aborted)
    {
        _arrived.Release();
        await WaitForGate(aborted);
        return $"{n}";
    }

    /// <summary>Sends the first half of its content, and the rest when the gate is open.</summary>
    private async Task Half(HttpContext context)
    {
        await context.Response.Body.WriteAsync(Encoding.ASCII.GetBytes("first "));
        await context.Response.Body.FlushAsync();
        _arrived.Release();
        await WaitForGate(context.RequestAborted);
        await context.Response.Body.WriteAsync(Encoding.ASCII.GetBytes("second"));
    }

    private async Task WaitForGate(CancellationToken aborted)
    {
        try
        {
            await _open.Task.WaitAsync(aborted);
        }
        catch (OperationCanceledException)
        {
            _aborted.Release();
            throw;
        }
    }

    /// <summary>Sends without end.</summary>
    private async Task Pour(HttpContext context)
    {
        try
        {
            var piece = new byte[256 * 1024];
            while (true)
            {
                await context.Response.Body.WriteAsync(piece, context.RequestAborted);
                Interlocked.Add(ref Poured, piece.Length);
            }
        }
        catch (OperationCanceledException)
        {
            _aborted.Release();
        }
    }

    private static async Task EchoMessages(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer, context.RequestAborted);
            if (received.MessageType == System.Net.WebSockets.WebSocketMessageType.Close)
            {
                await socket.CloseAsync(System.Net.WebSockets.WebSocketCloseStatus.NormalClosure, "bye", context.RequestAborted);
                return;
            }

            await socket.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, context.RequestAborted);
        }
    }
}
