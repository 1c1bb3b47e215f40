using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Tulip;
using static Tulip.Aio;

namespace Crawler;

/// <summary>Pages over HTTP. Cancelling whoever waits for one ends its request.</summary>
internal sealed class HttpPageSource : IPageSource, IDisposable
{
    private readonly HttpClient _http;

    public HttpPageSource(string userAgent)
    {
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false, // where a redirect leads is judged like any other link
            AutomaticDecompression = DecompressionMethods.All,
            UseCookies = false,        // a session would make every page another one
        })
        {
            Timeout = Timeout.InfiniteTimeSpan, // the crawl has its own
        };
        _http.DefaultRequestHeaders.UserAgent.ParseAdd(userAgent);
        _http.DefaultRequestHeaders.Accept.ParseAdd("text/html,application/xhtml+xml;q=0.9,*/*;q=0.1");
    }

    public async Coroutine<PageResponse> Get(Uri address, int mostBytes)
    {
        try
        {
            using var response = await _http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, CancelToken);
            var (body, isCut) = await ReadBody(response.Content, mostBytes);
            var type = response.Content.Headers.ContentType;
            return new PageResponse((int)response.StatusCode, body)
            {
                MediaType = type?.MediaType?.ToLowerInvariant() ?? "",
                Charset = type?.CharSet?.Trim('"'),
                Location = response.Headers.TryGetValues("Location", out var values) ? values.FirstOrDefault() : null,
                RetryAfter = WaitAskedFor(response.Headers.RetryAfter),
                IsCut = isCut,
            };
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or InvalidDataException or InvalidOperationException)
        {
            throw new NoAnswerException(Describe(exception), exception);
        }
    }

    public void Dispose() => _http.Dispose();

    private static async Coroutine<(byte[] Body, bool IsCut)> ReadBody(HttpContent content, int mostBytes)
    {
        await using var stream = await content.ReadAsStreamAsync(CancelToken);
        using var body = new MemoryStream();
        var buffer = new byte[8192];
        int count;
        while ((count = await stream.ReadAsync(buffer, CancelToken)) > 0)
        {
            var room = mostBytes - (int)body.Length;
            body.Write(buffer, 0, Math.Min(count, room));
            if (count > room)
                return (body.ToArray(), true); // the connection is closed with what is left in it
        }

        return (body.ToArray(), false);
    }

    private static TimeSpan? WaitAskedFor(RetryConditionHeaderValue? header) =>
        header?.Delta ?? (header?.Date is { } date ? date - DateTimeOffset.UtcNow : null);

    private static string Describe(Exception exception) => exception switch
    {
        InvalidDataException or InvalidOperationException => "the body is damaged", // Brotli's decoder says it with the latter
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => "the server's name is not known",
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => "no secure connection",
        HttpRequestException { InnerException: SocketException socket } => new SocketException((int)socket.SocketErrorCode).Message,
        HttpRequestException { HttpRequestError: HttpRequestError.ResponseEnded } or HttpIOException => "the server hung up",
        IOException { InnerException: SocketException socket } => new SocketException((int)socket.SocketErrorCode).Message,
        _ => exception.Message,
    };
}
