using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tulip;

namespace CharFinder;

/// <summary>ASP.NET Core over Tulip, with no more of it than is used here.</summary>
internal static class WebHost
{
    // A client that has gone without a word is noticed within a minute.
    private static readonly TimeSpan s_keepAlive = TimeSpan.FromSeconds(30);

    /// <summary>An application that listens at these places once it is started.</summary>
    /// <param name="places">Where.</param>
    /// <param name="useLoop">Is given the loop that will run the handlers, on its thread, before it runs.</param>
    public static WebApplication Build(IEnumerable<IPEndPoint> places, Action<EventLoop> useLoop)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseTulip(tulip => tulip.ConfigureLoop = useLoop).ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            foreach (var place in places)
                kestrel.Listen(place);
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace)
            .SetMinimumLevel(LogLevel.Error)
            .AddFilter("Microsoft.Extensions.Hosting", LogLevel.None); // what it says is thrown too

        var app = builder.Build();
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = s_keepAlive, KeepAliveTimeout = s_keepAlive });
        app.UseRouting();
        return app;
    }

    /// <summary>Leaves Ctrl-C to <c>Aio.Run</c>.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
