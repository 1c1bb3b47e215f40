using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Runtime.InteropServices;
using System.Security.Cryptography.X509Certificates;
using Tulip.Engines;

namespace Tulip.Load.Serve;

/// <summary>A server that a load generator in another process talks to, until a signal ends it.</summary>
/// <param name="Port">The port at 127.0.0.1; 0 for any, which is printed behind <c>ready</c>.</param>
/// <param name="Path">The path of a Unix socket to listen at instead.</param>
/// <param name="Style">How the server is written; one of <see cref="Styles"/>.</param>
/// <param name="Engine">A name that <see cref="EngineSelector"/> takes.</param>
/// <param name="Certificate">The path of a certificate and its key, to serve TLS; null for plain connections.</param>
internal sealed record EchoServer(int Port, string? Path, string Style, string Engine, string? Certificate = null)
{
    public static IReadOnlyList<string> Styles { get; } = ["protocol", "streams"];

    public void Run(TextWriter output)
    {
        using var loop = new EventLoop(engine: EngineSelector.Create(Engine));
        loop.RunUntilComplete(Serve(loop, output));
    }

    private async Coroutine Serve(EventLoop loop, TextWriter output)
    {
        var stop = StopOnSignal(loop);
        var server = await Open(loop);
        output.WriteLine(Path is null && Port == 0
            ? string.Create(CultureInfo.InvariantCulture, $"ready {((IPEndPoint)server.LocalEndPoints[0]).Port}")
            : "ready");
        output.Flush();
        await stop;
        server.Close();
        server.AbortClients();
        await server.WaitClosed();
    }

    /// <summary>A future that is done when the process is asked to end.</summary>
    public static Future<Unit> StopOnSignal(EventLoop loop)
    {
        var stop = loop.CreateFuture<Unit>();
        foreach (var signal in (PosixSignal[])[PosixSignal.SIGTERM, PosixSignal.SIGINT])
        {
            loop.AddSignalHandler(signal, () =>
            {
                if (!stop.Done)
                    stop.SetResult(default);
            });
        }

        return stop;
    }

    private Coroutine<Server> Open(EventLoop loop)
    {
        var options = new ServerOptions { Backlog = 1024, Tls = Certificate is null ? null : Secured(Certificate) };
        if (Style == "streams")
        {
            return Path is null
                ? Aio.StartServer(Echo, "127.0.0.1", Port, options: options)
                : Aio.StartUnixServer(Echo, Path, options: options);
        }

        return Path is null
            ? loop.CreateServer(static () => new EchoProtocol(), "127.0.0.1", Port, options)
            : loop.CreateUnixServer(static () => new EchoProtocol(), Path, options);
    }

    private static TlsSettings Secured(string certificate)
        => TlsSettings.ForServer(new SslServerAuthenticationOptions { ServerCertificate = X509Certificate2.CreateFromPemFile(certificate) });

    private static async Coroutine Echo(AsyncStreamReader reader, AsyncStreamWriter writer)
    {
        try
        {
            while (await reader.ReadLent() is { IsEmpty: false } data)
            {
                writer.Write(data.Span);
                await writer.Drain();
            }
        }
        catch (System.Net.Sockets.SocketException)
        {
            // The load generator is gone.
        }

        writer.Close();
    }
}
