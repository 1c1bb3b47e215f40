// Echo server on .NET's own sockets: DotNetEcho --port P [--unix PATH] [--buffer BYTES] [--tls PEM].
// Started with DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS=1 its continuations run on the thread that polls.
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

var port = 0;
string? path = null;
SslServerAuthenticationOptions? tls = null;
var size = 64 * 1024;
for (var i = 0; i + 1 < args.Length; i += 2)
{
    switch (args[i])
    {
        case "--port": port = int.Parse(args[i + 1], CultureInfo.InvariantCulture); break;
        case "--unix": path = args[i + 1]; break;
        case "--buffer": size = int.Parse(args[i + 1], CultureInfo.InvariantCulture); break;
        case "--tls": tls = new() { ServerCertificate = X509Certificate2.CreateFromPemFile(args[i + 1]) }; break;
        default: Console.Error.WriteLine($"no option {args[i]}"); return 2;
    }
}

using var listener = path is null
    ? new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
    : new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
listener.Bind(path is null ? new IPEndPoint(IPAddress.Loopback, port) : new UnixDomainSocketEndPoint(path));
listener.Listen(4096);
Console.WriteLine("ready");
while (true)
{
    var socket = await listener.AcceptAsync();
    if (path is null)
        socket.NoDelay = true;
    _ = tls is null ? EchoAsync(socket, size) : EchoSecurelyAsync(socket, size, tls);
}

static async Task EchoAsync(Socket socket, int size)
{
    using var owned = socket;
    var buffer = new byte[size];
    try
    {
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer);
            if (received == 0)
                return;

            for (var sent = 0; sent < received;)
                sent += await socket.SendAsync(buffer.AsMemory(sent, received - sent));
        }
    }
    catch (SocketException)
    {
        // The peer is gone.
    }
}

static async Task EchoSecurelyAsync(Socket socket, int size, SslServerAuthenticationOptions tls)
{
    await using var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
    var buffer = new byte[size];
    try
    {
        await stream.AuthenticateAsServerAsync(tls);
        while (await stream.ReadAsync(buffer) is > 0 and var received)
            await stream.WriteAsync(buffer.AsMemory(0, received));
    }
    catch (IOException)
    {
        // The peer is gone.
    }
}
