namespace Tulip.Redis.Tests.Scripted;

/// <summary>What becomes of commands when the connection breaks, and how it comes back.</summary>
public sealed class LostConnectionTests
{
    [Fact]
    public void CommandsInFlight_FailClearly_AndLaterOnesUseTheNextConnection() => FakeServer.Run(static async fake =>
    {
        fake.Network.Conditions = new() { Latency = TimeSpan.FromSeconds(0.5) };
        await using var redis = await FakeServer.Connect();
        var gets = Enumerable.Range(0, 5).Select(i => CreateTask(redis.Increment($"{i}"))).ToArray();
        await Sleep(0.4);
        fake.Break();
        foreach (var get in gets)
        {
            var thrown = await Expect.Throws<RedisConnectionException>(async () => await get);
            Assert.True(thrown.MayHaveRun);
            Assert.Contains("10.0.0.1:6379", thrown.Message, StringComparison.Ordinal);
        }

        Assert.True(await redis.Ping());
        Assert.Equal(2, redis.Connections);
        Assert.DoesNotContain(fake.Last, static command => command.StartsWith("INCRBY", StringComparison.Ordinal));
    });

    [Fact]
    public void Repeating_SendsAgain_OnlyWhatWasAskedFor() => FakeServer.Run(static async fake =>
    {
        await using var redis = await FakeServer.Connect();
        var calls = 0;
        fake.Rule = words =>
        {
            if (words[0] == "GET" && ++calls < 3)
            {
                fake.Break();
                return "";
            }

            return null;
        };
        await redis.Set("a", "1");
        Assert.Equal("1", await redis.Repeating(attempts: 3).Get("a"));
        calls = 0;
        await Expect.Throws<RedisConnectionException>(async () => await redis.Repeating(attempts: 2).Get("a"));
        calls = 0;
        await Expect.Throws<RedisConnectionException>(async () => await redis.Get("a"));
    });

    [Fact]
    public void NoServer_AttemptsHaveGrowingPauses_AndCommandsWaitAsLongAsIsSaid() => FakeServer.Run(static async fake =>
    {
        await using var redis = await RedisClient.Connect(FakeServer.Options with { ConnectTimeout = 30, MaxBackoff = 4 });
        fake.Stop();
        await Sleep(1);
        var start = GetRunningLoop().Time;
        var thrown = await Expect.Throws<RedisConnectionException>(async () => await redis.Ping());
        Assert.False(thrown.MayHaveRun);
        Assert.IsType<RedisConnectionException>(thrown.InnerException);
        Assert.InRange(GetRunningLoop().Time - start, 30, 30.01);
        var waiting = CreateTask(redis.Ping());
        await Sleep(10);
        await fake.Listen();
        start = GetRunningLoop().Time;
        Assert.True(await waiting);
        Assert.InRange(GetRunningLoop().Time - start, 0, 5.1);
    });

    [Fact]
    public void FirstConnection_Refused_FailsAtOnce_AndNothingGoesOn() => FakeServer.Run(static async fake =>
    {
        fake.StopListening();
        var thrown = await Expect.Throws<RedisConnectionException>(static async () => await FakeServer.Connect());
        Assert.False(thrown.MayHaveRun);
        Assert.Single(AllTasks());
    });

    [Fact]
    public void SilentPeer_IsAsked_ThenGivenUp() => FakeServer.Run(static async fake =>
    {
        await using var redis = await RedisClient.Connect(FakeServer.Options with { KeepAlive = 5 });
        await Sleep(17);
        Assert.Equal(["HELLO 3", "PING", "PING"], fake.Last);
        var get = CreateTask(redis.Get("a"));
        fake.Rule = static words => words[0] is "GET" or "PING" ? "" : null;
        var thrown = await Expect.Throws<RedisConnectionException>(async () => await get);
        Assert.IsType<TimeoutException>(thrown.InnerException);
        fake.Rule = static _ => null;
        Assert.True(await redis.Ping());
        Assert.Equal(2, redis.Connections);
    });

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n")]
    [InlineData("$5\r\nabcdefgh\r\n")]
    [InlineData("+one\r\n+two too many\r\n")]
    [InlineData("$999999999\r\n")]
    public void BrokenReply_EndsTheConnection_AndSaysWhy(string reply) => FakeServer.Run(async fake =>
    {
        fake.Rule = words => words[0] == "GET" ? reply : null;
        await using var redis = await RedisClient.Connect(FakeServer.Options with { MaxReplySize = 1000 });
        var gets = new[] { CreateTask(redis.Get("a")), CreateTask(redis.Get("b")), CreateTask(redis.Get("c")) };
        await Wait(gets);
        foreach (var thrown in gets.Select(static get => get.Exception()).OfType<RedisConnectionException>())
            Assert.IsType<InvalidDataException>(thrown.InnerException);
        Assert.Equal(reply[0] != '+', gets[2].Exception() is RedisConnectionException);
        fake.Rule = static _ => null;
        Assert.True(await redis.Ping());
        Assert.Equal(2, redis.Connections);
    });

    [Fact]
    public void ReplyInPieces_ThenTheEnd_FailsWhatWasNotComplete() => FakeServer.Run(static async fake =>
    {
        await using var redis = await FakeServer.Connect();
        fake.Rule = words => words is ["GET", "b"] ? "$10\r\nhalf" : null;
        var gets = new[] { CreateTask(redis.Get("a")), CreateTask(redis.Get("b")), CreateTask(redis.Get("c")) };
        await Sleep(1);
        fake.Break();
        await Wait(gets);
        Assert.Null(gets[0].Result());
        Assert.IsType<RedisConnectionException>(gets[1].Exception());
        Assert.IsType<RedisConnectionException>(gets[2].Exception());
    });

    [Fact]
    public void Dispose_FailsWhatWaits_AndLaterCommands() => FakeServer.Run(static async fake =>
    {
        var redis = await FakeServer.Connect();
        fake.Rule = static words => words[0] == "GET" ? "" : null;
        var get = CreateTask(redis.Get("a"));
        await Sleep(1);
        await redis.DisposeAsync();
        await redis.DisposeAsync();
        await Expect.Throws<RedisConnectionException>(async () => await get);
        await Expect.Throws<ObjectDisposedException>(async () => await redis.Ping());
    });

    [Fact]
    public void Cancel_WhileConnecting_LeavesNothing() => FakeServer.Run(static async fake =>
    {
        fake.Rule = static words => words[0] == "HELLO" ? "" : null;
        var connecting = CreateTask(FakeServer.Connect());
        await Sleep(1);
        connecting.Cancel();
        await Expect.Cancelled(async () => await connecting);
        await Sleep(1);
        Assert.Single(AllTasks());
    });

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(1)]
    public void LostInTheMomentInWhichItIsToBeAskedForALifeSign_ConnectsAgain(int nanoseconds) => FakeServer.Run(async fake =>
    {
        fake.Network.Conditions = new() { Latency = TimeSpan.FromSeconds(0.5) };
        await using var redis = await RedisClient.Connect(FakeServer.Options with { KeepAlive = 10 });
        await Sleep(9.5 + nanoseconds * 1e-9);
        fake.Break();
        await Sleep(30);
        Assert.True(redis.IsConnected);
        Assert.True(await redis.Ping());
    });

    [Fact]
    public void ServerThatClosesOnItsClients_IsNotBesieged() => FakeServer.Run(static async fake =>
    {
        fake.Network.Conditions = new() { Latency = TimeSpan.FromSeconds(0.001) };
        await using var redis = await RedisClient.Connect(FakeServer.Options with { MaxBackoff = 4 });
        fake.Rule = words =>
        {
            if (words[0] == "HELLO")
                GetRunningLoop().CallLater(0.002, fake.Break);
            return null;
        };
        fake.Break();
        await Sleep(60);
        Assert.InRange(redis.Connections, 10, 40);

        // A connection that lasts is made again at once when it is lost.
        fake.Rule = static _ => null;
        await Sleep(20);
        var before = redis.Connections;
        fake.Break();
        await Sleep(0.02);
        Assert.Equal(before + 1, redis.Connections);
    });
}
