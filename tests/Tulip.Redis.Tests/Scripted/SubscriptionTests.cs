namespace Tulip.Redis.Tests.Scripted;

public sealed class SubscriptionTests
{
    [Fact]
    public void Messages_ComeInOrder_ToEachThatSubscribed() => FakeServer.Run(static async fake =>
    {
        await using var redis = await FakeServer.Connect();
        var one = await redis.Subscribe("news", "sport");
        var other = await redis.SubscribePattern(null, "n*");
        fake.Say(Message("news", "a") + Message("sport", "b") + $">4\r\n{FakeServer.Bulk("pmessage")}{FakeServer.Bulk("n*")}{FakeServer.Bulk("news")}{FakeServer.Bulk("a")}");
        Assert.Equal(("news", "a", null), Parts(await one.Receive()));
        Assert.Equal(("sport", "b", null), Parts(await one.Receive()));
        Assert.Equal(("news", "a", "n*"), Parts(await other.Receive()));
        Assert.Equal(["SUBSCRIBE news", "SUBSCRIBE sport", "PSUBSCRIBE n*"], fake.Last.Skip(1));
    });

    [Fact]
    public void ForEach_EndsWithTheSubscription_AndTheLastOneLeavesTheChannel() => FakeServer.Run(static async fake =>
    {
        await using var redis = await FakeServer.Connect();
        var first = await redis.Subscribe("news");
        var second = await redis.Subscribe("news");
        var reading = CreateTask(ReadAll(first));
        fake.Say(Message("news", "a") + Message("news", "b"));
        await Sleep(1);
        await first.DisposeAsync();
        Assert.Equal("a b", await reading);
        Assert.DoesNotContain("UNSUBSCRIBE news", fake.Last);
        await second.DisposeAsync();
        await Sleep(1);
        Assert.Contains("UNSUBSCRIBE news", fake.Last);
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void LostConnection_IsSubscribedAgain_AndTheReaderIsTold(bool resp2) => FakeServer.Run(async fake =>
    {
        if (resp2)
            fake.Rule = static words => words is ["SUBSCRIBE", var channel] ? $"*3\r\n{FakeServer.Bulk("subscribe")}{FakeServer.Bulk(channel)}:1\r\n" : null;
        await using var redis = await RedisClient.Connect(FakeServer.Options with { OnlyResp2 = resp2 });
        var news = await redis.Subscribe("news", "sport");
        Assert.Equal(0, news.Interruptions);
        fake.Break();
        await Sleep(1);
        Assert.Equal(1, news.Interruptions);
        var subscribed = Assert.Single(fake.Received.Skip(2), static commands => commands.Contains("SUBSCRIBE news"));
        Assert.Contains("SUBSCRIBE sport", subscribed);
        while (fake.Received[^1] != subscribed)
            Assert.Fail("The subscription is expected to be made after the connection for commands.");
        fake.Say(resp2 ? "*" + Message("news", "again")[1..] : Message("news", "again"));
        Assert.Equal("again", (await news.Receive())!.Text);
    });

    [Fact]
    public void SlowReader_DropOldest_KeepsTheLatest() => FakeServer.Run(static async fake =>
    {
        await using var redis = await FakeServer.Connect();
        var news = await redis.Subscribe(new SubscriptionOptions { Capacity = 3 }, "news");
        fake.Say(string.Concat(Enumerable.Range(0, 10).Select(static i => Message("news", $"{i}"))));
        await Sleep(1);
        Assert.Equal((3, 7), (news.Waiting, news.Dropped));
        await news.DisposeAsync();
        Assert.Equal("7 8 9", await ReadAll(news));
    });

    [Fact]
    public void SlowReader_DropNewest_KeepsTheFirst() => FakeServer.Run(static async fake =>
    {
        await using var redis = await FakeServer.Connect();
        var news = await redis.Subscribe(new SubscriptionOptions { Capacity = 3, WhenFull = WhenFull.DropNewest }, "news");
        fake.Say(string.Concat(Enumerable.Range(0, 10).Select(static i => Message("news", $"{i}"))));
        await Sleep(1);
        await news.DisposeAsync();
        Assert.Equal("0 1 2", await ReadAll(news));
        Assert.Equal(7, news.Dropped);
    });

    [Fact]
    public void SlowReader_End_GetsWhatWaits_ThenTheException_AndOthersGoOn() => FakeServer.Run(static async fake =>
    {
        await using var redis = await FakeServer.Connect();
        var slow = await redis.Subscribe(new SubscriptionOptions { Capacity = 2, WhenFull = WhenFull.End }, "news");
        var other = await redis.Subscribe("news");
        fake.Say(string.Concat(Enumerable.Range(0, 3).Select(static i => Message("news", $"{i}"))));
        await Sleep(1);
        Assert.Equal("0", (await slow.Receive())!.Text);
        Assert.Equal("1", (await slow.Receive())!.Text);
        await Expect.Throws<RedisOverflowException>(async () => await slow.Receive());
        Assert.Equal(3, other.Waiting);
    });

    [Fact]
    public void Refused_ThrowsTheServersError_AndOthersGoOn() => FakeServer.Run(static async fake =>
    {
        await using var redis = await FakeServer.Connect();
        var news = await redis.Subscribe("news");
        fake.Rule = static words => words is ["SUBSCRIBE", "secret"] ? "-NOPERM no permission\r\n" : null;
        Assert.Equal("NOPERM", (await Expect.Throws<RedisException>(async () => await redis.Subscribe("open", "secret"))).Code);
        fake.Say(Message("news", "a"));
        Assert.Equal("a", (await news.Receive())!.Text);
        Assert.Contains("UNSUBSCRIBE open", fake.Last);
    });

    [Fact]
    public void Dispose_OfTheClient_EndsSubscriptions() => FakeServer.Run(static async fake =>
    {
        var redis = await FakeServer.Connect();
        var news = await redis.Subscribe("news");
        var reading = CreateTask(ReadAll(news));
        await redis.DisposeAsync();
        Assert.Equal("", await reading);
        await Expect.Throws<ObjectDisposedException>(async () => await redis.Subscribe("news"));
    });

    [Fact]
    public void SubscribedAgain_TheServerSaysNothing_IsTriedAgain() => FakeServer.Run(static async fake =>
    {
        await using var redis = await FakeServer.Connect();
        var news = await redis.Subscribe("news");
        fake.Rule = static words => words[0] == "SUBSCRIBE" ? "" : null;
        fake.Break();
        await Sleep(60);
        fake.Rule = static _ => null;
        await Sleep(60);
        Assert.Equal(1, news.Interruptions);
    });

    [Fact]
    public void SubscribedAgain_AllAtOnce_HoweverFarTheServerIs() => FakeServer.Run(static async fake =>
    {
        await using var redis = await FakeServer.Connect();
        var news = await redis.Subscribe([.. Enumerable.Range(0, 1000).Select(static i => $"{i}")]);
        fake.Network.Conditions = new() { Latency = TimeSpan.FromSeconds(0.5) };
        fake.Break();
        await Sleep(10);
        Assert.Equal(1, news.Interruptions);
    });

    [Fact]
    public void LeftWhileItIsSubscribedAgain_IsLeft() => FakeServer.Run(static async fake =>
    {
        fake.Network.Conditions = new() { Latency = TimeSpan.FromSeconds(0.5) };
        await using var redis = await FakeServer.Connect();
        var news = await redis.Subscribe("news", "sport");
        var count = fake.Received.Count;
        fake.Break();
        List<string>? again = null;
        while (again is null)
        {
            await Sleep(0.1);
            again = fake.Received.Skip(count).FirstOrDefault(static commands => commands.Contains("SUBSCRIBE sport"));
        }

        await news.DisposeAsync();
        await Sleep(10);
        Assert.Contains("UNSUBSCRIBE news", again);
        Assert.Contains("UNSUBSCRIBE sport", again);
    });

    [Fact]
    public void SubscribedWhileThereIsNoConnection_IsNotInterrupted() => FakeServer.Run(static async fake =>
    {
        await using var redis = await FakeServer.Connect();
        var news = await redis.Subscribe("news");
        fake.Stop();
        await Sleep(0.1);
        var subscribing = CreateTask(redis.Subscribe("sport"));
        await Sleep(0.1);
        await fake.Listen();
        var sport = await subscribing;
        Assert.Equal((1, 0), (news.Interruptions, sport.Interruptions));
    });

    private static string Message(string channel, string text) => $">3\r\n{FakeServer.Bulk("message")}{FakeServer.Bulk(channel)}{FakeServer.Bulk(text)}";

    private static (string?, string?, string?) Parts(RedisMessage? message) => (message?.Channel, message?.Text, message?.Pattern);

    private static async Coroutine<string> ReadAll(RedisSubscription subscription)
    {
        var texts = new List<string>();
        await foreach (var message in subscription)
            texts.Add(message.Text);
        return string.Join(' ', texts);
    }
}
