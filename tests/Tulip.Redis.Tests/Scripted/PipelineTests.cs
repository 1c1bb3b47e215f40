namespace Tulip.Redis.Tests.Scripted;

/// <summary>Many tasks on one connection: what is sent together, and whose reply is whose.</summary>
public sealed class PipelineTests
{
    [Fact]
    public void Commands_OfManyTasks_LeaveInOneSend_AndEachGetsItsReply() => FakeServer.Run(static async fake =>
    {
        await using var redis = await FakeServer.Connect();
        await Gather(Enumerable.Range(0, 50).Select(i => redis.Set($"key{i}", $"value{i}")));
        var pieces = fake.Pieces;
        var values = await Gather(Enumerable.Range(0, 50).Select(i => redis.Get($"key{i}")));
        Assert.Equal(Enumerable.Range(0, 50).Select(static i => $"value{i}"), values);
        Assert.Equal(pieces + 1, fake.Pieces);
    });

    [Fact]
    public void CancelledWaiter_DoesNotShiftReplies() => FakeServer.Run(static async fake =>
    {
        fake.Network.Conditions = new() { Latency = TimeSpan.FromSeconds(1) };
        await using var redis = await FakeServer.Connect();
        fake.Rule = static words => words is ["GET", var key] ? FakeServer.Bulk($"of {key}") : null;
        var gets = Enumerable.Range(0, 10).Select(i => CreateTask(redis.Get($"{i}"))).ToArray();
        await Sleep(0.5);
        gets[3].Cancel();
        gets[7].Cancel();
        await Wait(gets);
        Assert.Equal([3, 7], Enumerable.Range(0, 10).Where(i => gets[i].Cancelled));
        Assert.All(Enumerable.Range(0, 10).Where(i => !gets[i].Cancelled), i => Assert.Equal($"of {i}", gets[i].Result()));
        Assert.Equal("of last", await redis.Get("last"));
    });

    [Fact]
    public void CommandTimeout_FailsItAlone_AndItsReplyIsDropped() => FakeServer.Run(static async fake =>
    {
        await using var redis = await RedisClient.Connect(FakeServer.Options with { CommandTimeout = 2 });
        fake.Rule = static words => words is ["GET", "slow"] or ["PING"] ? "" : null;
        var slow = CreateTask(redis.Get("slow"));
        var ping = CreateTask(redis.Ping());
        Assert.Contains("2 s", (await Expect.Throws<TimeoutException>(async () => await slow)).Message, StringComparison.Ordinal);
        await Expect.Throws<TimeoutException>(async () => await ping);
        fake.Say(FakeServer.Bulk("late") + "+PONG\r\n");
        await Sleep(1);
        fake.Rule = static words => words is ["GET", "next"] ? FakeServer.Bulk("right") : null;
        Assert.Equal("right", await redis.Get("next"));
    });

    [Fact]
    public void ServersError_IsThrown_AndTheConnectionGoesOn() => FakeServer.Run(static async fake =>
    {
        fake.Rule = static words => words[0] == "INCRBY" ? "-WRONGTYPE Operation against a key\r\n" : null;
        await using var redis = await FakeServer.Connect();
        var thrown = await Expect.Throws<RedisException>(async () => await redis.Increment("list"));
        Assert.Equal(("WRONGTYPE", "WRONGTYPE Operation against a key"), (thrown.Code, thrown.Message));
        Assert.True(await redis.Ping());
        Assert.Equal(1, redis.Connections);
    });

    [Fact]
    public void MaxPending_HoldsCommandsBack_UntilRepliesCome() => FakeServer.Run(static async fake =>
    {
        fake.Network.Conditions = new() { Latency = TimeSpan.FromSeconds(1) };
        await using var redis = await RedisClient.Connect(FakeServer.Options with { MaxPending = 4 });
        var pings = Enumerable.Range(0, 10).Select(_ => CreateTask(redis.Ping())).ToArray();
        await Sleep(1.5);
        Assert.Equal(4, fake.Last.Count(static command => command == "PING"));
        Assert.All(await Gather(pings), Assert.True);
        Assert.Equal(10, fake.Last.Count(static command => command == "PING"));
    });

    [Fact]
    public void ServerThatDoesNotRead_HoldsWritersBack_AndTheyCanBeCancelled() => FakeServer.Run(static async fake =>
    {
        await using var redis = await FakeServer.Connect();
        fake.Network.Partition(System.Net.IPAddress.Parse("10.0.0.2"), System.Net.IPAddress.Parse("10.0.0.1"));
        var value = new byte[100_000];
        var sets = Enumerable.Range(0, 200).Select(i => CreateTask(redis.Set($"{i}", value))).ToArray();
        await Sleep(10);
        foreach (var set in sets)
            set.Cancel();
        await Wait(sets);
        fake.Network.Heal(System.Net.IPAddress.Parse("10.0.0.2"), System.Net.IPAddress.Parse("10.0.0.1"));
        Assert.True(await redis.Ping());
        Assert.InRange(fake.Last.Count, 2, 50);
    });

    [Fact]
    public void CommandsThatDisturbOthers_AreRefusedAtTheCall_WithWhatToUse() => FakeServer.Run(static async fake =>
    {
        await using var redis = await FakeServer.Connect();
        foreach (var (command, instead) in new[] { ("subscribe", "Subscribe"), ("MULTI", "Transaction"), ("BLPOP", "ExecuteAlone"), ("WATCH", "Watch") })
            Assert.Contains(instead, Expect.AtTheCall<ArgumentException>(() => redis.Execute(command, "x")).Message, StringComparison.Ordinal);
        Expect.AtTheCall<ArgumentException>(() => redis.Execute());
        Expect.AtTheCall<ArgumentNullException>(() => redis.Get((string)null!));
        Expect.AtTheCall<ArgumentOutOfRangeException>(() => redis.Set("a", "b", expire: 0));
        Expect.AtTheCall<ArgumentOutOfRangeException>(() => redis.Expire("a", double.NaN));
        Expect.AtTheCall<ArgumentException>(() => redis.ListLeftPush("a"));
    });

    [Fact]
    public void Pushes_GoToTheHandler_AndTakeNobodysReply() => FakeServer.Run(static async fake =>
    {
        var pushes = new List<string>();
        await using var redis = await RedisClient.Connect(FakeServer.Options with { OnPush = push => pushes.Add(push.ToString()) });
        fake.Rule = static words => words[0] == "GET" ? $">2\r\n+invalidate\r\n*1\r\n+{words[1]}\r\n" + FakeServer.Bulk("value") : null;
        Assert.Equal("value", await redis.Get("a"));
        Assert.Equal(["Push[invalidate, Array[a]]"], pushes);
    });

    [Fact]
    public void FailingPushHandler_IsReported_AndNothingElse()
    {
        var reports = FakeServer.RunReporting(static async fake =>
        {
            await using var redis = await RedisClient.Connect(FakeServer.Options with { OnPush = _ => throw new InvalidOperationException("mine") });
            fake.Say(">1\r\n+x\r\n");
            Assert.True(await redis.Ping());
        });
        Assert.Equal("mine", Assert.Single(reports).Exception?.Message);
    }
}
