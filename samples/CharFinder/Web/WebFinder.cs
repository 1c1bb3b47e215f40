// WebFinder: the character finder for browsers, on ASP.NET Core over Tulip.
// Thread: Serve is on its caller's loop, which has Ctrl-C; requests are on the server's loop, and so are the index and the feed.
//   1. It accepts before the index is there; who asks too early waits for it.
//   2. When it stops, conversations, which have no end of their own, are told that it goes away; they and answers under way get
//      StoppingTime, and are cut off then.
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Tulip;
using static Tulip.Aio;

namespace CharFinder;

/// <summary>Answers queries over HTTP and WebSockets.</summary>
/// <param name="index">What is searched; it belongs to the server's loop.</param>
/// <param name="log">Where it tells what it does, as the texts' server does.</param>
internal sealed class WebFinder(SharedIndex index, TextWriter log)
{
    private static readonly TimeSpan s_stoppingTime = TimeSpan.FromSeconds(1);
    private static readonly string[] s_reading = [HttpMethods.Get, HttpMethods.Head];
    private static readonly string[] s_conversing = [HttpMethods.Get];

    private readonly TextWriter _log = TextWriter.Synchronized(log);
    private readonly Conversations _conversations = new();
    private EventLoop? _loop;

    /// <summary>Who watches what is searched for.</summary>
    public LiveFeed Feed { get; } = new();

    /// <summary>Serves until its task is cancelled, by Ctrl-C for one; then it says so and ends.</summary>
    /// <param name="address">A name or an address to listen at.</param>
    /// <param name="port">1 to 65,535, or 0 for any.</param>
    /// <exception cref="IOException">The port is taken, or the address is none of this machine's.</exception>
    public async Coroutine Serve(string address, int port)
    {
        var places = await GetRunningLoop().GetAddrInfo(address, port);
        using var pages = new PageCache();
        var app = WebHost.Build(places.Select(place => place.Address).Distinct(), loop => _loop = loop);
        try
        {
            Map(app, pages);
            app.Lifetime.ApplicationStopping.Register(() => _loop?.CallSoonThreadsafe(_conversations.End));
            await app.StartAsync();

            // Begun now, so that the first query need not.
            var loading = RunCoroutineThreadsafe(index.Get(), _loop!);
            Say($"Serving on {PythonText.Address(AddressOf(app))}. Hit CTRL-C to stop.");
            await WrapFuture(loading);
            await new AsyncEvent().Wait();
        }
        catch (CancelledException)
        {
            Say("Server shutting down.");
        }
        finally
        {
            await Stop(app);
            await app.DisposeAsync();
        }
    }

    private static IPEndPoint AddressOf(WebApplication app)
    {
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return IPEndPoint.Parse(new Uri(address).Authority);
    }

    private void Map(WebApplication app, PageCache pages)
    {
        var handlers = new WebHandlers(index, Feed, pages, _conversations, Say);
        app.MapCoroutineMethods("/", s_reading, handlers.Guard(handlers.Page));
        app.MapCoroutineMethods("/search", s_reading, handlers.Guard(handlers.SearchAsData));
        app.MapCoroutineMethods("/live", s_reading, handlers.Guard(handlers.Live));
        app.MapCoroutineMethods(Assets.Folder + "/{name}", s_reading, handlers.Guard(handlers.Asset));
        app.MapCoroutineMethods("/find", s_conversing, handlers.Guard(handlers.Find));
        app.MapCoroutineMethods("/live/feed", s_conversing, handlers.Guard(handlers.LiveSearches));
        app.MapCoroutineMethods("/{**rest}", s_reading, handlers.Guard(handlers.NotFound));
    }

    private static async Coroutine Stop(WebApplication app)
    {
        using var patience = new CancellationTokenSource(s_stoppingTime);
        await app.StopAsync(patience.Token);
    }

    private void Say(string line)
    {
        _log.WriteLine(line);
        _log.Flush();
    }
}
