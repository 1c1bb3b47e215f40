// Places: what the visitors go to: echo servers in two styles, plain, secured and on Unix sockets, proxies before them, and datagrams.
// Thread: the loop's.  Owns: the servers, the proxies, and a folder for files and sockets.
using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ChaosProxy;
using Tulip.Engines;

namespace Tulip.Soak;

/// <summary>Where to go, and what may happen there.</summary>
/// <param name="Name">For the tally.</param>
/// <param name="Connect">Makes a connection.</param>
/// <param name="IsDirect">Whether nothing is in between that breaks off or keeps quiet.</param>
/// <param name="IsSecure">Whether what comes back is the right bytes or an error, whatever is in between.</param>
internal sealed record Place(string Name, Func<Coroutine<(AsyncStreamReader, AsyncStreamWriter)>> Connect, bool IsDirect, bool IsSecure);

internal sealed class Places : IAsyncDisposable
{
    private const string Host = "127.0.0.1";
    private const string Trouble = "3:abort,3:blackout,20:delay,3:error,3:hang,2:transient";

    private readonly List<Server> _servers = [];
    private readonly List<ProxyServer> _proxies = [];
    private readonly List<Chaos> _chaos = [];
    private readonly X509Certificate2 _certificate = MakeCertificate();

    private Places(IIoEngine engine)
    {
        HasProcesses = engine is IDescriptorEngine;
        Folder = Directory.CreateTempSubdirectory("tulip-soak").FullName;
    }

    public string Folder { get; }

    public bool HasProcesses { get; }

    /// <summary>Where to connect to.</summary>
    public List<Place> All { get; } = [];

    /// <summary>Where datagrams go.</summary>
    public DatagramPlaces Datagrams { get; private set; } = null!;

    /// <summary>The server's sockets among the files of the folder.</summary>
    public int OwnFiles { get; private set; }

    private string SocketPath(string name) => Path.Combine(Folder, name);

    public static async Coroutine<Places> Open(IIoEngine engine, int seed)
    {
        var places = new Places(engine);
        var loop = GetRunningLoop();
        var client = places.ForClient();
        var secure = new ServerOptions { Tls = places.ForServer() };
        foreach (var options in (ServerOptions[])[new(), secure])
        {
            var isSecure = options.Tls is not null;
            var connecting = new ConnectionOptions { Tls = isSecure ? client : null };
            var word = isSecure ? "tls" : "tcp";
            var streams = places.Add(await StartServer(EchoStreams, Host, 0, options: options));
            var protocol = places.Add(await loop.CreateServer(static () => new EchoProtocol(), Host, 0, options));
            var buffered = places.Add(await loop.CreateServer(static () => new EchoBuffered(), Host, 0, options));
            foreach (var server in (Server[])[streams, protocol, buffered])
            {
                var port = PortOf(server);
                places.All.Add(new Place(word, () => OpenConnection(Host, port, options: connecting), true, isSecure));
                var proxied = await places.AddProxy(port, seed);
                places.All.Add(new Place($"{word} chaos", () => OpenConnection(Host, proxied, options: connecting), false, isSecure));
            }

            var path = places.SocketPath(word);
            places.Add(await StartUnixServer(EchoStreams, path, options: options));
            var tls = connecting.Tls;
            places.All.Add(new Place($"unix{(isSecure ? " tls" : "")}", () => OpenUnixConnection(path, tls: tls), true, isSecure));
        }

        places.Datagrams = await DatagramPlaces.Open(hasSockets: engine is IDescriptorEngine);
        places.OwnFiles = Directory.GetFiles(places.Folder).Length;
        return places;
    }

    /// <summary>The proxies' chance begins anew.</summary>
    public void BeginRound(int seed)
    {
        foreach (var chaos in _chaos)
            chaos.Change(chaos.Mix, chaos.Options with { DelaySleep = 0.001 * (seed % 20) });
    }

    public async ValueTask DisposeAsync() => await Close();

    private async Coroutine Close()
    {
        foreach (var proxy in _proxies)
            await proxy.Stop();
        foreach (var server in _servers)
        {
            server.Close();
            server.AbortClients();
            await server.WaitClosed();
        }

        Datagrams.Close();
        _certificate.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private static int PortOf(Server server) => ((IPEndPoint)server.LocalEndPoints[0]).Port;

    private Server Add(Server server)
    {
        _servers.Add(server);
        return server;
    }

    private async Coroutine<int> AddProxy(int backend, int seed)
    {
        var options = new ProxyOptions
        {
            Proxy = new HostAndPort(Host, 0),
            Backend = new HostAndPort(Host, backend),
            Behaviours = BehaviourMix.Parse(Trouble),
            Seed = seed,
            Timeout = 2,
        };
        var chaos = new Chaos(options.Behaviours, options.BehaviourOptions, null);
        var proxy = await ProxyServer.Start(new ProxyParts(options, chaos, new ProxyStatistics(), ProxyLog.None));
        _proxies.Add(proxy);
        _chaos.Add(chaos);
        return proxy.Port;
    }

    private static async Coroutine EchoStreams(AsyncStreamReader reader, AsyncStreamWriter writer)
    {
        try
        {
            while (await reader.Read(32 * 1024) is { Length: > 0 } bytes)
            {
                writer.Write(bytes);
                await writer.Drain();
            }
        }
        catch (Exception exception) when (Visitor.IsTrouble(exception))
        {
            // The client is told by the end.
        }
        finally
        {
            writer.Close();
        }
    }

    private TlsSettings ForServer()
        => TlsSettings.ForServer(new SslServerAuthenticationOptions { ServerCertificate = _certificate })
            .WithTimeouts(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1));

    private TlsSettings ForClient()
        => TlsSettings.ForClient(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.Equals(_certificate) == true,
        }).WithTimeouts(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1));

    private static X509Certificate2 MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
    }
}
