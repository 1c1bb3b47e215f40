using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Crawler;

/// <summary>The generated site on a port of this machine: ASP.NET Core on an event loop in a thread of its own.</summary>
internal sealed class SiteServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private SiteServer(WebApplication application) => _application = application;

    /// <summary>The site's first page.</summary>
    public Uri Address => new($"{_application.Urls.First()}/");

    /// <param name="site">What is served.</param>
    /// <param name="port">Where; 0 for any that is free.</param>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<SiteServer> Start(GeneratedSite site, int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseTulip().ConfigureKestrel(options => options.Listen(IPAddress.Loopback, port));
        var application = builder.Build();
        application.Run(context => Answer(site, context));
        await application.StartAsync();
        return new SiteServer(application);
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync(); // a page without end is not waited for
        await _application.StopAsync(now.Token);
        await _application.DisposeAsync();
    }

    private static async Task Answer(GeneratedSite site, HttpContext context)
    {
        var path = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var answer = site.Answer(context.Request.Host.Value ?? "", path);
        try
        {
            await Task.Delay(TimeSpan.FromSeconds(answer.Delay), context.RequestAborted);
            await Send(answer, context);
        }
        catch (OperationCanceledException)
        {
            // The crawler has given up.
        }
        finally
        {
            site.Visits.End();
        }
    }

    private static async Task Send(SiteAnswer answer, HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = answer.Status;
        response.ContentType = answer.ContentType;
        if (answer.Location is { } location)
            response.Headers.Location = location;
        if (answer.RetryAfter is { } seconds)
            response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        do
            await response.Body.WriteAsync(answer.Body, context.RequestAborted);
        while (answer.IsEndless);
    }
}
