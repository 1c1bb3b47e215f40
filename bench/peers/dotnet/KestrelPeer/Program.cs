// Stock Kestrel: KestrelPeer echo|http --port P [--unix PATH].
using System.Globalization;
using System.Net;
using KestrelPeer;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

var kind = args.FirstOrDefault();
if (kind is not ("echo" or "http"))
{
    Console.Error.WriteLine("usage: KestrelPeer echo|http --port P [--unix PATH]");
    return 2;
}

var port = 0;
string? path = null;
for (var i = 1; i + 1 < args.Length; i += 2)
{
    switch (args[i])
    {
        case "--port": port = int.Parse(args[i + 1], CultureInfo.InvariantCulture); break;
        case "--unix": path = args[i + 1]; break;
        default: Console.Error.WriteLine($"no option {args[i]}"); return 2;
    }
}

var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.ConfigureKestrel(options =>
{
    if (path is null)
        options.Listen(IPAddress.Loopback, port, Listen);
    else
        options.ListenUnixSocket(path, Listen);
});
builder.WebHost.UseSockets(options => options.Backlog = 4096);
var app = builder.Build();
if (kind == "http")
    Hello.Map(app);
app.Lifetime.ApplicationStarted.Register(() => Console.WriteLine("ready"));
await app.RunAsync();
return 0;

void Listen(ListenOptions options)
{
    if (kind == "echo")
        options.UseConnectionHandler<EchoHandler>();
    else
        options.Protocols = HttpProtocols.Http1;
}
