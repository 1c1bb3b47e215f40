using System.Collections.Frozen;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Flags;

/// <summary>The pages of a built-in server: an image and a description for each flag, served with a <see cref="Behaviour"/>.</summary>
internal sealed class FlagPages
{
    private readonly FrozenDictionary<string, Page> _pages;
    private readonly Behaviour _behaviour;

    /// <param name="behaviour">What happens to requests before they are answered.</param>
    /// <param name="imageScale">Each image is sent this many times over: bigger files without more data to carry.</param>
    public FlagPages(Behaviour behaviour, int imageScale)
    {
        _behaviour = behaviour;
        _pages = CountryTable.Codes.SelectMany(code => PagesOf(code, imageScale)).ToFrozenDictionary();
    }

    public async Task Answer(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "/";
        switch (_behaviour.Draw(path))
        {
            case Fate.Fails:
                await Fail(context.Response, _behaviour.DrawError(path));
                return;
            case Fate.Late:
                await Task.Delay(_behaviour.Delay, context.RequestAborted);
                break;
        }

        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
            await WriteHtml(context.Response, StatusCodes.Status405MethodNotAllowed);
        else if (_pages.TryGetValue(path, out var page))
            await Write(context.Response, page);
        else
            await WriteHtml(context.Response, StatusCodes.Status404NotFound);
    }

    private static IEnumerable<KeyValuePair<string, Page>> PagesOf(string code, int imageScale)
    {
        var cc = code.ToLowerInvariant();
        yield return new($"/flags/{cc}/{cc}.gif", new Page("image/gif", CountryTable.Image(code), imageScale));
        yield return new(
            $"/flags/{cc}/metadata.json",
            new Page("application/json", JsonSerializer.SerializeToUtf8Bytes(CountryTable.Find(code)), Times: 1));
    }

    private static async Task Fail(HttpResponse response, int status)
    {
        response.Headers.Connection = "close";
        await WriteHtml(response, status);
    }

    private static async Task WriteHtml(HttpResponse response, int status)
    {
        var reason = $"{status} {ReasonPhrases.GetReasonPhrase(status)}";
        response.StatusCode = status;
        response.ContentType = "text/html; charset=utf-8";
        await response.WriteAsync($"<html><head><title>{reason}</title></head><body><h1>{reason}</h1></body></html>\n");
    }

    private static async Task Write(HttpResponse response, Page page)
    {
        response.ContentType = page.ContentType;
        response.ContentLength = (long)page.Body.Length * page.Times;
        for (var i = 0; i < page.Times; i++)
            await response.Body.WriteAsync(page.Body);
    }

    private sealed record Page(string ContentType, byte[] Body, int Times);
}
