// FindSession: a page's searches, over its WebSocket.
// Thread: the loop's. One task reads, one writes.
//   1. {"id":N,"query":Q,"start":S,"pages":P} begins a search at result S and grants P pages; {"id":N,"pages":P} grants more. What names
//      another search than the last is about one that is over, and ignored.
//      With "again":true the search is one that was told before: by the page that was opened, or before the connection was lost.
//   2. A search is answered by {"id","query","count","status"} and then pages {"id","start","rows","blocks"}, as many as were granted.
//   3. A newer search takes the place of the one under way after the page that is being sent: no message is ever cut.
//   4. Between two pages the others have their turn, a long result rests now and then (Pace), and a page is made only when the one before it
//      has left.
using System.Net.WebSockets;
using System.Text.Json;
using Tulip;
using static Tulip.Aio;

namespace CharFinder;

/// <summary>Answers the searches of one WebSocket.</summary>
/// <param name="socket">The connection.</param>
/// <param name="pages">Pages that others may have looked at before.</param>
/// <param name="search">Searches, and tells whoever has to know unless it was told before.</param>
internal sealed class FindSession(TextSocket socket, PageCache pages, Func<string, bool, Coroutine<SearchResult>> search)
{
    private readonly AsyncEvent _changed = new();
    private readonly Pace _pace = new();
    private Asked? _next;
    private long _id = -1;
    private long _granted;
    private SearchResult? _result;
    private int _position;

    /// <summary>Serves until the client has gone.</summary>
    public Coroutine Run() => TaskGroup.Run(async group =>
    {
        var sending = group.CreateTask(Send(), "send results");
        while (await socket.Receive() is { } message)
        {
            if (!Take(message))
            {
                await socket.Close(WebSocketCloseStatus.InvalidPayloadData, "the message is not understood");
                break;
            }
        }

        // What is being sent is sent to nobody.
        sending.Cancel();
    });

    /// <summary>Takes a message in; false if it is none of this conversation's.</summary>
    private bool Take(string message)
    {
        if (Asked.Parse(message) is not { } asked)
            return false;

        if (asked.Query is not null)
        {
            _next = asked;
            _id = asked.Id;
            _granted = asked.Pages;
        }
        else if (asked.Id == _id)
        {
            _granted = Math.Min(_granted + asked.Pages, int.MaxValue);
        }

        _changed.Set();
        return true;
    }

    private async Coroutine Send()
    {
        try
        {
            while (true)
            {
                if (_next is { } asked)
                    await Begin(asked);
                else if (_granted > 0 && _result is { } result && _position < result.Count)
                    await SendPage(result);
                else
                    await Change();
            }
        }
        catch (Exception exception) when (TextSocket.IsGone(exception))
        {
            // The client is gone: the reader sees that too, and ends the session.
        }
    }

    private async Coroutine Change()
    {
        _changed.Clear();
        await _changed.Wait();
    }

    private async Coroutine Begin(Asked asked)
    {
        _next = null;
        _position = asked.Start;
        var words = SearchRequest.Words(asked.Query!);
        _result = words.Length is 0 ? null : await search(words, asked.IsAgain);
        var result = _result;
        await socket.Send(json => FoundJson.WriteHead(json, asked.Id, result));
    }

    private async Coroutine SendPage(SearchResult result)
    {
        var (id, start) = (_id, _position);
        _granted--;
        _position = (int)Math.Min((long)start + SearchPage.PageSize, int.MaxValue);
        await socket.Send(json => FoundJson.WritePage(json, id, start, pages.Get(result, start)));
        await _pace.Next();
    }

    /// <summary>What a client asks for.</summary>
    private sealed record Asked(long Id, string? Query, int Start, int Pages, bool IsAgain)
    {
        public static Asked? Parse(string message)
        {
            try
            {
                using var json = JsonDocument.Parse(message);
                var asked = json.RootElement;
                var query = asked.TryGetProperty("query", out var text) ? text.GetString() : null;
                var start = asked.TryGetProperty("start", out var first) ? first.GetInt32() : 0;
                var isAgain = asked.TryGetProperty("again", out var again) && again.GetBoolean();
                var read = new Asked(asked.GetProperty("id").GetInt64(), query, start, asked.GetProperty("pages").GetInt32(), isAgain);
                return read.Pages >= 0 && start >= 0 && !(query?.Length > SearchRequest.LongestQuery) ? read : null;
            }
            catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
            {
                return null;
            }
        }
    }
}
