// A secured echo server and its client, for tests/peers/run-tls to try beside other people's.
//   serve FOLDER [starttls]          prints the port, then a line for each connection that got through the handshake
//   send FOLDER PORT [starttls]      sends its standard input, prints as many bytes as it sent
// FOLDER has ca.pem, server.pem and client.pem, the last two with their keys.
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Tulip;

if (args.Length < 2)
{
    Console.Error.WriteLine("usage: Tulip.TlsProgram serve FOLDER [starttls] | send FOLDER PORT [starttls]");
    return 2;
}

var folder = args[1];
var upgrades = args[^1] == "starttls";
var protocols = new List<SslApplicationProtocol> { new("tulip") };
using var authority = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(folder, "ca.pem"));
Run(args[0] == "serve" ? Serve() : Send(int.Parse(args[2], System.Globalization.CultureInfo.InvariantCulture)));
return 0;

async Coroutine Serve()
{
    using var certificate = X509Certificate2.CreateFromPemFile(Path.Combine(folder, "server.pem"));
    string? asked = null;
    var settings = TlsSettings.ForServer(new SslServerAuthenticationOptions
    {
        ApplicationProtocols = protocols,
        ServerCertificateSelectionCallback = (_, name) =>
        {
            asked = name;
            return certificate;
        },
        ClientCertificateRequired = true,
        RemoteCertificateValidationCallback = (_, given, _, _) => given is null || IsOurs(given),
    }).WithTimeouts(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(2));
    var server = await StartServer(Echo, "127.0.0.1", 0, options: new ServerOptions { Tls = upgrades ? null : settings });
    Console.WriteLine($"port {((IPEndPoint)server.LocalEndPoints[0]).Port}");
    await server.ServeForever();

    async Coroutine Echo(AsyncStreamReader reader, AsyncStreamWriter writer)
    {
        try
        {
            if (upgrades)
            {
                var word = await reader.ReadLine();
                if (!word.AsSpan().SequenceEqual("STARTTLS\n"u8))
                    throw new InvalidDataException("not STARTTLS");
                writer.Write("go\n"u8);
                await writer.StartTls(settings);
            }

            var peer = (writer.GetExtraInfo(TlsInfo.PeerCertificateName) as X509Certificate)?.Subject ?? "nobody";
            Console.WriteLine($"alpn={writer.GetExtraInfo(TlsInfo.AlpnName)} sni={asked} client={peer}");
            while (await reader.ReadLent() is { IsEmpty: false } data)
            {
                writer.Write(data.Span);
                await writer.Drain();
            }

            Console.WriteLine("end");
        }
        catch (Exception exception) when (exception is IOException or System.Net.Sockets.SocketException
            or System.Security.Authentication.AuthenticationException or InvalidDataException)
        {
            Console.WriteLine($"broken: {exception.Message}");
        }
        finally
        {
            writer.Close();
        }
    }
}

async Coroutine Send(int port)
{
    using var certificate = X509Certificate2.CreateFromPemFile(Path.Combine(folder, "client.pem"));
    var settings = TlsSettings.ForClient(new SslClientAuthenticationOptions
    {
        TargetHost = "localhost",
        ApplicationProtocols = protocols,
        ClientCertificates = [certificate],
        RemoteCertificateValidationCallback = (_, given, _, errors) =>
            (errors & SslPolicyErrors.RemoteCertificateNameMismatch) == 0 && given is not null && IsOurs(given),
    });
    var (reader, writer) = await OpenConnection("127.0.0.1", port, options: new ConnectionOptions { Tls = upgrades ? null : settings });
    if (upgrades)
    {
        writer.Write("STARTTLS\n"u8);
        if (!(await reader.ReadLine()).AsSpan().SequenceEqual("go\n"u8))
            throw new InvalidDataException("The server does not say go.");
        await writer.StartTls(settings);
    }

    Console.Error.WriteLine($"alpn={writer.GetExtraInfo(TlsInfo.AlpnName)}");
    using var input = new MemoryStream();
    await ToThread(() => Console.OpenStandardInput().CopyTo(input));
    using var output = Console.OpenStandardOutput();
    await TaskGroup.Run(async group =>
    {
        group.StartSoon(SendAll());
        for (long left = input.Length; left > 0;)
        {
            var data = await reader.ReadLent();
            if (data.IsEmpty)
                throw new EndOfStreamException($"The server went, {left} bytes before the end.");
            output.Write(data.Span);
            left -= data.Length;
        }
    });
    output.Flush();
    writer.Close();
    await writer.WaitClosed();

    async Coroutine SendAll()
    {
        for (var start = 0; start < input.Length; start += 50_000)
        {
            writer.Write(input.GetBuffer().AsSpan(start, (int)Math.Min(50_000, input.Length - start)));
            await writer.Drain();
        }
    }
}

bool IsOurs(X509Certificate given)
{
    using var chain = new X509Chain();
    chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
    chain.ChainPolicy.CustomTrustStore.Add(authority);
    chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
    using var copy = X509CertificateLoader.LoadCertificate(given.GetRawCertData());
    return chain.Build(copy);
}
