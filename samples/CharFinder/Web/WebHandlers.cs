// WebHandlers: what the server answers at each address.
// Thread: the loop's; each request is a task of it.
//   1. Nothing here holds the loop for more than a page of results.
//   2. An answer without end is written page by page, each when the one before it has left.
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tulip;
using static Tulip.Aio;

namespace CharFinder;

/// <summary>The answers to requests.</summary>
/// <param name="index">What is searched.</param>
/// <param name="feed">Is told of each search.</param>
/// <param name="pages">Keeps pages that were looked at.</param>
/// <param name="conversations">Holds the WebSockets that are open.</param>
/// <param name="say">Where it tells what it does, a line at a time, as the texts' server does.</param>
internal sealed class WebHandlers(SharedIndex index, LiveFeed feed, PageCache pages, Conversations conversations, Action<string> say)
{
    private const int StatusClientGone = 499;

    private static readonly object s_readerKey = new();
    private long _readers;

    /// <summary><c>GET /?query=…[&amp;start=…]</c>: the page that searches.</summary>
    public async Coroutine Page(HttpContext context)
    {
        var request = SearchRequest.Parse(context.Request.Query, "query");
        var result = request.Query.Length is 0 ? null : await Search(context, request.Query, request.IsAgain);
        await WebReplies.Text(context, WebReplies.HtmlType, SearchPage.Render(result, request.Start));
    }

    /// <summary><c>GET /search?q=…[&amp;start=…&amp;stop=…][&amp;again]</c>: results for programs, as a JSON array. How many there are in all is
    /// in <c>X-Total-Count</c>.</summary>
    public async Coroutine SearchAsData(HttpContext context)
    {
        if (!context.Request.Query.ContainsKey("q"))
            throw new RequestException("q is missing: /search?q=chess+black");

        var request = SearchRequest.Parse(context.Request.Query, "q");
        var result = await Search(context, request.Query, request.IsAgain);
        var response = context.Response;
        response.ContentType = WebReplies.JsonType;
        response.Headers["X-Total-Count"] = result.Count.ToString(CultureInfo.InvariantCulture);
        response.Headers.CacheControl = "no-cache";
        if (!HttpMethods.IsHead(context.Request.Method))
            await Send(response, result, request);
    }

    /// <summary><c>/find</c>: a WebSocket for the page's script.</summary>
    public Coroutine Find(HttpContext context) =>
        Converse(context, socket => new FindSession(socket, pages, (query, isAgain) => Search(context, query, isAgain)).Run());

    /// <summary><c>GET /live</c>: the page that shows what others search for.</summary>
    public Coroutine Live(HttpContext context) => WebReplies.Text(context, WebReplies.HtmlType, LivePage.Render());

    /// <summary><c>/live/feed</c>: a WebSocket that is told of each search.</summary>
    public Coroutine LiveSearches(HttpContext context) => Converse(context, feed.Watch);

    /// <summary><c>GET /assets/NAME</c>: a file that the pages need.</summary>
    public Coroutine Asset(HttpContext context) =>
        Assets.Find((string)context.GetRouteValue("name")!) is { } asset ? WebReplies.File(context, asset) : NotFound(context);

    /// <summary>Any other address.</summary>
    public Coroutine NotFound(HttpContext context) =>
        WebReplies.Text(context, "text/plain; charset=UTF-8", "There is nothing here. The search is at /\n", StatusCodes.Status404NotFound);

    /// <summary>A handler that answers requests that cannot be followed, and knows that clients go away.</summary>
    public Func<HttpContext, Coroutine> Guard(Func<HttpContext, Coroutine> handler) => async context =>
    {
        WebReplies.Prepare(context.Response);
        try
        {
            await handler(context);
        }
        catch (RequestException exception)
        {
            var message = $$"""{"error":"{{JsonEncodedText.Encode(exception.Message)}}"}""" + "\n";
            await WebReplies.Text(context, WebReplies.JsonType, message, StatusCodes.Status400BadRequest);
        }
        catch (IOException) when (context.RequestAborted.IsCancellationRequested)
        {
            context.Response.StatusCode = StatusClientGone;
        }
    };

    private static async Coroutine Send(HttpResponse response, SearchResult result, SearchRequest request)
    {
        await using var json = new Utf8JsonWriter(response.BodyWriter, FoundJson.Options);
        json.WriteStartArray();
        var pace = new Pace();
        foreach (var page in result.Pages(SearchPage.PageSize, request.Start, request.Stop))
        {
            foreach (var found in page)
                FoundJson.WriteFull(json, found);
            json.Flush();
            if ((await response.BodyWriter.FlushAsync(CancelToken)).IsCompleted)
                return;
            await pace.Next();
        }

        json.WriteEndArray();
    }

    private async Coroutine Converse(HttpContext context, Func<TextSocket, Coroutine> conversation)
    {
        if (!context.WebSockets.IsWebSocketRequest)
            throw new RequestException("this address is for WebSockets");

        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        await conversations.Hold(new TextSocket(socket), conversation);
    }

    private async Coroutine<SearchResult> Search(HttpContext context, string query, bool isAgain)
    {
        if (isAgain)
            return await index.Search(query);

        var reader = NumberOf(context);
        say($"Query: {PythonText.Quote(query)}");
        var result = await index.Search(query);
        say($"Sending {result.Count} results");
        feed.Publish(reader, query, result.Count);
        return result;
    }

    /// <summary>The number of who is at the other end of a request's connection: the same for all of its requests.</summary>
    private long NumberOf(HttpContext context)
    {
        if (context.Features.Get<IConnectionItemsFeature>()?.Items is not { } items)
            return ++_readers;
        if (items.TryGetValue(s_readerKey, out var number))
            return (long)number!;

        items[s_readerKey] = ++_readers;
        return _readers;
    }
}
