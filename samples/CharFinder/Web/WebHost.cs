using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tulip;
using static Tulip.Aio;

namespace CharFinder;

/// <summary>ASP.NET Core with no more of it than is used here.</summary>
internal static class WebHost
{
    // A client that has gone without a word is noticed within a minute.
    private static readonly TimeSpan s_keepAlive = TimeSpan.FromSeconds(30);

    /// <summary>An application that listens at these places once it is started. Call it on the loop that is to run its handlers.</summary>
    public static WebApplication Build(IEnumerable<IPEndPoint> places)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            foreach (var place in places)
                kestrel.Listen(place);
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.AddSingleton(GetRunningLoop());
        builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace)
            .SetMinimumLevel(LogLevel.Error)
            .AddFilter("Microsoft.Extensions.Hosting", LogLevel.None); // what it says is thrown too

        var app = builder.Build();
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = s_keepAlive, KeepAliveTimeout = s_keepAlive });
        app.UseRouting();
        return app;
    }

    /// <summary>Has requests answered by a coroutine: a task of the loop, cancelled when the client goes away.</summary>
    public static void MapCoroutine(this WebApplication app, string pattern, string[] methods, Func<HttpContext, Coroutine> handler)
    {
        var loop = app.Services.GetRequiredService<EventLoop>();
        app.MapMethods(pattern, methods, (RequestDelegate)(context => RunCoroutineThreadsafe(handler(context), loop, context.RequestAborted)));
    }

    /// <summary>Leaves Ctrl-C to <c>Aio.Run</c>.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
