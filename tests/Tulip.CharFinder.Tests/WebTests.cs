using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using CharFinder;

namespace Tulip.CharFinder.Tests;

public sealed class WebTests : IDisposable
{
    private readonly RunningFinder _server = RunningFinder.Start();
    private readonly HttpClient _client;

    public WebTests() => _client = new HttpClient { BaseAddress = _server.Address };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _client.Dispose();
        _server.Dispose();
    }

    [Fact]
    public async Task Page_HasTheTextsRows_AndTheLogTheTextsLines()
    {
        using var reply = await _client.GetAsync("/?query=+chess+black+turned+", Token);
        var page = await reply.Content.ReadAsStringAsync(Token);
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        Assert.Equal("text/html; charset=UTF-8", reply.Content.Headers.ContentType!.ToString());
        Assert.Contains("<tr><td>U+1FA26</td><th>🨦</th><td>BLACK CHESS TURNED ROOK</td>", page);
        Assert.Contains("6 matches for &#x27;chess black turned&#x27;", page);

        _server.Stop();
        Assert.Equal(
            [
                "Serving on ('127.0.0.1', PORT). Hit CTRL-C to stop.",
                "Query: 'chess black turned'",
                "Sending 6 results",
                "Server shutting down.",
            ],
            _server.Log);
    }

    [Fact]
    public async Task Pages_TakeNothingFromElsewhere()
    {
        using var reply = await _client.GetAsync("/", Token);
        var page = await reply.Content.ReadAsStringAsync(Token);
        Assert.StartsWith("default-src 'none'; script-src 'self';", reply.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal("nosniff", reply.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.DoesNotContain("//", page.Replace("<!DOCTYPE", ""));
    }

    [Fact]
    public async Task Api_GivesCharacterNameCodeBlockAndEscapes()
    {
        using var reply = await _client.GetAsync("/search?q=registered", Token);
        Assert.Equal("application/json; charset=UTF-8", reply.Content.Headers.ContentType!.ToString());
        Assert.Equal("1", reply.Headers.GetValues("X-Total-Count").Single());
        Assert.Equal(
            """[{"char":"®","name":"REGISTERED SIGN","code":"U+00AE","block":"Latin-1 Supplement","html":"&#xAE;","csharp":"\\u00AE"}]""",
            await reply.Content.ReadAsStringAsync(Token));
    }

    [Theory]
    [InlineData("q=cjk&start=9000&stop=9002", "囑")]
    [InlineData("q=sun&start=17", "")]
    [InlineData("q=sun&start=5&stop=5", "")]
    [InlineData("q=sun&start=2147483647&stop=2147483647", "")]
    [InlineData("q=qwertyuiop", "")]
    [InlineData("q=", "")]
    public async Task Api_GivesSlicesAsPythonDoes(string parameters, string first)
    {
        var found = await Search(parameters);
        Assert.Equal(first, found.Count is 0 ? "" : found[0].GetProperty("char").GetString());
        Assert.InRange(found.Count, first.Length is 0 ? 0 : 2, first.Length is 0 ? 0 : 2);
    }

    [Fact]
    public async Task Api_WithoutSlice_GivesTheLongestResultWhole()
    {
        var found = await Search("q=cjk");
        Assert.Equal(TestIndex.Whole.Search("cjk").Page().Select(one => one.Name), found.Select(one => one.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task Api_AskedAgain_DoesNotCountAsAnotherSearch()
    {
        Assert.Equal(10, (await Search("q=sun&stop=10")).Count);
        Assert.Equal(7, (await Search("q=sun&start=10&again")).Count);
        using var page = await _client.GetAsync("/?query=sun&start=10&again", Token);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Single(_server.Log, line => line == "Query: 'sun'");
    }

    [Theory]
    [InlineData("/search", "q is missing")]
    [InlineData("/search?q=sun&start=-1", "start must be a whole number, 0 or more, not '-1'")]
    [InlineData("/search?q=sun&stop=many", "stop must be a whole number")]
    [InlineData("/?query=sun&start=99999999999", "start must be a whole number")]
    [InlineData("/find", "WebSockets")]
    public async Task WrongRequest_IsToldWhatToChange(string address, string message)
    {
        using var reply = await _client.GetAsync(address, Token);
        Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
        using var json = JsonDocument.Parse(await reply.Content.ReadAsStringAsync(Token));
        Assert.Contains(message, json.RootElement.GetProperty("error").GetString());
    }

    [Fact]
    public async Task TooLongQuery_IsRefused()
    {
        using var reply = await _client.GetAsync("/search?q=" + new string('x', 1001), Token);
        Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
    }

    [Fact]
    public async Task Head_HasNoBody()
    {
        foreach (var address in (string[])["/?query=cjk", "/search?q=cjk", "/live", "/assets/style.css"])
        {
            using var reply = await _client.SendAsync(new HttpRequestMessage(HttpMethod.Head, address), Token);
            Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
            Assert.Empty(await reply.Content.ReadAsByteArrayAsync(Token));
        }
    }

    [Theory]
    [InlineData("style.css", "text/css; charset=UTF-8")]
    [InlineData("finder.js", "text/javascript; charset=UTF-8")]
    [InlineData("icon.svg", "image/svg+xml")]
    public async Task Asset_IsAnsweredOnce_ThenItsTagIs(string name, string type)
    {
        using var reply = await _client.GetAsync("/assets/" + name, Token);
        Assert.Equal(type, reply.Content.Headers.ContentType!.ToString());
        Assert.Equal("no-cache", reply.Headers.CacheControl!.ToString());

        using var again = new HttpRequestMessage(HttpMethod.Get, "/assets/" + name);
        again.Headers.IfNoneMatch.Add(reply.Headers.ETag!);
        using var second = await _client.SendAsync(again, Token);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);

        using var forGood = await _client.GetAsync(Assets.Address(name), Token);
        Assert.Contains("immutable", forGood.Headers.CacheControl!.ToString());
    }

    [Theory]
    [InlineData("/nothing")]
    [InlineData("/assets/nothing.js")]
    [InlineData("/assets/../Program.cs")]
    public async Task UnknownAddress_IsNotFound(string address)
    {
        using var reply = await _client.GetAsync(address, Token);
        Assert.Equal(HttpStatusCode.NotFound, reply.StatusCode);
    }

    [Fact]
    public async Task ClientsThatGoAwayHalfWay_LeaveTheServerServing()
    {
        for (var i = 0; i < 5; i++)
        {
            using var client = new TcpClient("127.0.0.1", _server.Port);
            client.Client.Send(Encoding.ASCII.GetBytes($"GET /search?q=cjk HTTP/1.1\r\nHost: x\r\n\r\n"));
            Assert.NotEqual(0, client.Client.Receive(new byte[100]));
            client.Client.LingerState = new LingerOption(true, 0);
        }

        Assert.Single(await Search("q=registered"));
    }

    [Fact]
    public async Task ClientThatDoesNotRead_KeepsNobodyWaiting()
    {
        using var slow = new TcpClient("127.0.0.1", _server.Port) { ReceiveBufferSize = 4096 };
        slow.Client.Send(Encoding.ASCII.GetBytes($"GET /search?q=cjk HTTP/1.1\r\nHost: x\r\n\r\n"));
        _server.WaitForLine(line => line == "Sending 98885 results");
        Assert.Single(await Search("q=registered"));
        Assert.Equal(256, (await Search("q=braille+pattern")).Count);
    }

    [Fact]
    public async Task EarlyQuery_WaitsForTheIndex()
    {
        using var built = new ManualResetEventSlim();
        using var server = RunningFinder.Start(new SharedIndex(() =>
        {
            built.Wait();
            return TestIndex.Whole;
        }));
        using var client = new HttpClient { BaseAddress = server.Address };
        var early = client.GetStringAsync("/search?q=registered", Token);
        server.WaitForLine(line => line == "Query: 'registered'");
        Assert.False(early.IsCompleted);
        Assert.Contains("Live searches", await client.GetStringAsync("/live", Token));
        built.Set();
        Assert.Contains("REGISTERED SIGN", await early);
    }

    private async Task<List<JsonElement>> Search(string parameters)
    {
        using var json = JsonDocument.Parse(await _client.GetByteArrayAsync("/search?" + parameters, Token));
        return [.. json.RootElement.Clone().EnumerateArray()];
    }
}
