using System.Net.WebSockets;
using System.Text.Json;
using CharFinder;

namespace Tulip.CharFinder.Tests;

public sealed class WebSocketTests : IDisposable
{
    private readonly RunningFinder _server = RunningFinder.Start();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Search_IsAnsweredByItsHeadAndThePagesGranted()
    {
        using var client = await Find();
        await client.Send("""{"id":3,"query":" sun ","pages":1}""");
        var head = await Next(client);
        Assert.Equal("""{"id":3,"query":"sun","count":17,"status":"17 matches for 'sun'"}""", head.GetRawText());
        var page = await Next(client);
        Assert.Equal((3, 0, 17), (Number(page, "id"), Number(page, "start"), page.GetProperty("rows").GetArrayLength()));

        // What is granted beyond the end is of no use, and does no harm.
        await client.Send("""{"id":3,"pages":5}""");
        await client.Send("""{"id":4,"query":"qwertyuiop","pages":1}""");
        Assert.Equal("No match for 'qwertyuiop'", (await Next(client)).GetProperty("status").GetString());
        await client.Send("""{"id":5,"query":"  ","pages":1}""");
        Assert.Equal(SearchPage.Invitation, (await Next(client)).GetProperty("status").GetString());
        await client.Close();
    }

    [Fact]
    public async Task Pages_ComeAsTheyAreGranted()
    {
        using var client = await Find();
        await client.Send("""{"id":1,"query":"cjk","start":9000,"pages":0}""");
        Assert.Equal(98_885, Number(await Next(client), "count"));
        foreach (var start in (int[])[9000, 9200, 9400])
        {
            await client.Send("""{"id":1,"pages":1}""");
            var page = await Next(client);
            Assert.Equal(start, Number(page, "start"));
            Assert.Equal(200, page.GetProperty("rows").GetArrayLength());
        }
    }

    [Fact]
    public async Task LongestResult_ComesWhole()
    {
        using var client = await Find();
        await client.Send("""{"id":1,"query":"cjk","pages":1000000}""");
        var count = Number(await Next(client), "count");
        var codes = new List<int>();
        while (codes.Count < count)
        {
            var page = await Next(client);
            Assert.Equal(codes.Count, Number(page, "start"));
            codes.AddRange(page.GetProperty("rows").EnumerateArray().Select(row => row[0].GetInt32()));
        }

        Assert.Equal(TestIndex.Whole.Search("cjk").Page().Select(found => found.Code), codes);
    }

    [Fact]
    public async Task NewerSearch_TakesThePlaceOfTheOneUnderWay()
    {
        using var client = await Find();
        await client.Send("""{"id":1,"query":"cjk","pages":1000000}""");
        await Next(client);
        await client.Send("""{"id":2,"query":"digit","pages":1}""");
        await client.Send("""{"id":1,"pages":1000000}""");

        var old = 0;
        JsonElement message;
        while (Number(message = await Next(client), "id") is 1)
            old += message.GetProperty("rows").GetArrayLength();
        Assert.InRange(old, 0, 98_884);
        Assert.Equal(898, Number(message, "count"));
        Assert.Equal('0', (await Next(client)).GetProperty("rows")[0][0].GetInt32());

        // Nothing more comes of the old one, and what was granted to it is not the new one's.
        await client.Send("""{"id":3,"query":"sun","pages":0}""");
        Assert.Equal(3, Number(await Next(client), "id"));
    }

    [Theory]
    [InlineData("what?")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"id":"1","query":"sun","pages":1}""")]
    [InlineData("""{"id":1,"query":"sun","pages":-1}""")]
    [InlineData("""{"id":1,"query":"sun","start":-1,"pages":1}""")]
    [InlineData("""{"id":1,"query":7,"pages":1}""")]
    public async Task MessageThatIsNotUnderstood_EndsTheConversation(string message)
    {
        using var client = await Find();
        await client.Send(message);
        Assert.Null(await client.Receive());
        Assert.Equal(WebSocketCloseStatus.InvalidPayloadData, client.Reason);
    }

    [Fact]
    public async Task TooLongMessage_EndsTheConversation()
    {
        using var client = await Find();
        await client.Send(new string(' ', TextSocket.LongestMessage + 1));
        Assert.Null(await client.Receive());
        Assert.Equal(WebSocketCloseStatus.MessageTooBig, client.Reason);
    }

    [Fact]
    public async Task ClientGoneHalfWay_EndsItsConversationAndNoOther()
    {
        for (var i = 0; i < 5; i++)
        {
            using var gone = await Find();
            await gone.Send("""{"id":1,"query":"cjk","pages":1000000}""");
            await Next(gone);
            await Next(gone);
            if (i % 2 is 0)
                gone.Abort();
        }

        using var client = await Find();
        await client.Send("""{"id":1,"query":"registered","pages":1}""");
        Assert.Equal(1, Number(await Next(client), "count"));
    }

    [Fact]
    public async Task ClientThatDoesNotRead_HoldsOnlyItself()
    {
        using var slow = await Find();
        await slow.Send("""{"id":1,"query":"cjk","pages":1000000}""");
        await Next(slow);

        using var client = await Find();
        await client.Send("""{"id":1,"query":"braille pattern","pages":2}""");
        Assert.Equal(256, Number(await Next(client), "count"));
        Assert.Equal(200, (await Next(client)).GetProperty("rows").GetArrayLength());
        Assert.Equal(56, (await Next(client)).GetProperty("rows").GetArrayLength());
    }

    [Fact]
    public async Task StoppingServer_TellsItsClients_AndAnotherCanTakeItsPlace()
    {
        using var client = await Find();
        await client.Send("""{"id":1,"query":"cjk","pages":1000000}""");
        await Next(client);
        using var watcher = await Watch();
        var (found, watched) = (ReadToTheEnd(client), ReadToTheEnd(watcher));
        _server.Stop();
        await Task.WhenAll(found, watched);
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, client.Reason);
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, watcher.Reason);
        Assert.Equal("Server shutting down.", _server.Log[^1]);

        using var next = RunningFinder.Start(port: _server.Port);
        using var again = await SocketClient.Connect(next.Socket("/find"));
        await again.Send("""{"id":1,"query":"sun","start":10,"pages":1}""");
        Assert.Equal(17, Number(await Next(again), "count"));
        Assert.Equal(10, Number(await Next(again), "start"));
    }

    [Fact]
    public async Task StoppingServer_WaitsForNoClientThatDoesNotRead()
    {
        using var client = await Find();
        await client.Send("""{"id":1,"query":"cjk","pages":1000000}""");
        await Next(client);
        _server.Stop();
        await Assert.ThrowsAnyAsync<WebSocketException>(() => ReadToTheEnd(client));
    }

    [Fact]
    public async Task Watchers_AreToldOfEachSearch_AndNewOnesOfTheLast()
    {
        using var watchers = new Disposables();
        var first = watchers.Add(await Watch());
        using var client = await Find();
        await client.Send("""{"id":1,"query":"chess black","pages":0}""");
        await Next(client);
        var told = await Next(first);
        Assert.Equal(("chess black", 33, 1), (told.GetProperty("query").GetString(), Number(told, "count"), Number(told, "number")));

        // What was told before is not told again.
        await client.Send("""{"id":1,"query":"chess black","pages":0,"again":true}""");
        Assert.Equal(33, Number(await Next(client), "count"));

        await client.Send("""{"id":2,"query":"sun","pages":0}""");
        Assert.Equal("sun", (await Next(first)).GetProperty("query").GetString());

        var second = watchers.Add(await Watch());
        Assert.Equal(told.GetRawText(), (await Next(second)).GetRawText());
        var last = await Next(second);
        Assert.Equal((told.GetProperty("reader").GetInt64(), "sun"), (last.GetProperty("reader").GetInt64(), last.GetProperty("query").GetString()));
    }

    [Fact]
    public async Task WatcherThatDoesNotRead_IsDropped_AndTheOthersAreTold()
    {
        using var slow = await Watch();
        using var quick = await Watch();
        using var client = await Find();
        var query = new string('x', SearchRequest.LongestQuery);
        var told = 0;
        for (var id = 1; _server.Feed.DroppedCount is 0; id++)
        {
            Assert.InRange(id, 0, 50_000);
            await client.Send($$"""{"id":{{id}},"query":"{{query}}","pages":0}""");
            await Next(client);
            Assert.Equal(++told, Number(await Next(quick), "number"));
        }

        Assert.Equal(1, _server.Feed.DroppedCount);
        await client.Send("""{"id":0,"query":"sun","pages":0}""");
        Assert.Equal("sun", (await Next(quick)).GetProperty("query").GetString());
        await Assert.ThrowsAnyAsync<WebSocketException>(() => ReadToTheEnd(slow));
    }

    private static int Number(JsonElement message, string name) => message.GetProperty(name).GetInt32();

    private static async Task ReadToTheEnd(SocketClient client)
    {
        while (await client.Receive() is not null)
        {
        }
    }

    private static async Task<JsonElement> Next(SocketClient client) =>
        await client.Receive() ?? throw new InvalidOperationException($"The server has closed: {client.Reason}");

    private Task<SocketClient> Find() => SocketClient.Connect(_server.Socket("/find"));

    private async Task<SocketClient> Watch()
    {
        var watching = _server.Feed.WatcherCount;
        var client = await SocketClient.Connect(_server.Socket("/live/feed"));
        Assert.True(SpinWait.SpinUntil(() => _server.Feed.WatcherCount > watching, TimeSpan.FromSeconds(180)));
        return client;
    }

    private sealed class Disposables : IDisposable
    {
        private readonly List<IDisposable> _all = [];

        public T Add<T>(T one)
            where T : IDisposable
        {
            _all.Add(one);
            return one;
        }

        public void Dispose() => _all.ForEach(one => one.Dispose());
    }
}
