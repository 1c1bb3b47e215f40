using System.Globalization;
using System.Net;
using KestrelPeer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Tulip.Load.Serve;

/// <summary>Kestrel with the handlers of <c>bench/peers/dotnet/KestrelPeer</c>, until a signal ends it.</summary>
/// <param name="Port">The port at 127.0.0.1; 0 for any, which is printed behind <c>ready</c>.</param>
/// <param name="Transport">What carries the connections; one of <see cref="Transports"/>.</param>
/// <param name="Loops">For Tulip: how many event loops.</param>
/// <param name="Engine">For Tulip: a name that <c>EngineSelector</c> takes.</param>
internal sealed record HttpServer(int Port, string Transport, int Loops, string Engine)
{
    private const int Backlog = 4096;

    public static IReadOnlyList<string> Transports { get; } = ["tulip", "sockets"];

    public void Run(TextWriter output)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, Port, static listen => listen.Protocols = HttpProtocols.Http1));
        if (Transport == "sockets")
        {
            builder.WebHost.UseSockets(static options => options.Backlog = Backlog);
        }
        else
        {
            builder.WebHost.UseTulip(options =>
            {
                options.Backlog = Backlog;
                options.Loops = Loops;
                options.Engine = Engine == "auto" ? null : Engine;
            });
        }

        var app = builder.Build();
        Hello.Map(app);
        app.Lifetime.ApplicationStarted.Register(() =>
        {
            output.WriteLine(Port == 0 ? string.Create(CultureInfo.InvariantCulture, $"ready {new Uri(app.Urls.First()).Port}") : "ready");
            output.Flush();
        });
        app.Run();
    }
}
