namespace Tulip.Redis.Tests.Scripted;

/// <summary>A client that is closed in the middle of something: nothing may be left.</summary>
public sealed class ClosingTests
{
    [Fact]
    public void Dispose_WhileABlockingCommandConnects_EndsIt() => FakeServer.Run(static async fake =>
    {
        fake.Rule = static words => words[0] == "BLPOP" ? "" : null;
        fake.Network.Conditions = new() { Latency = TimeSpan.FromSeconds(0.5) };
        var redis = await FakeServer.Connect();
        var pop = CreateTask(redis.BlockingLeftPop(["queue"]));
        await Sleep(0.1);
        await redis.DisposeAsync();
        await Wait([pop], timeout: 10);
        Assert.IsType<ObjectDisposedException>(pop.Exception());
        await Sleep(1);
        Assert.DoesNotContain(AllTasks(), static task => task.ToString()!.Contains("Redis", StringComparison.Ordinal));
    });

    [Fact]
    public void Dispose_WhileASubscriptionConnects_EndsIt() => FakeServer.Run(static async fake =>
    {
        fake.Network.Conditions = new() { Latency = TimeSpan.FromSeconds(0.5) };
        var redis = await FakeServer.Connect();
        var subscribing = CreateTask(redis.Subscribe("news"));
        await Sleep(0.1);
        await redis.DisposeAsync();
        await Wait([subscribing], timeout: 10);
        Assert.IsType<ObjectDisposedException>(subscribing.Exception());
        await Sleep(1);
        Assert.DoesNotContain(AllTasks(), static task => task.ToString()!.Contains("Redis", StringComparison.Ordinal));
    });

    [Fact]
    public void Dispose_Cancelled_ClosesEverythingAllTheSame() => FakeServer.Run(static async fake =>
    {
        var redis = await FakeServer.Connect();
        await redis.Subscribe("news");
        fake.Rule = static words => words[0] == "BLPOP" ? "" : null;
        var pop = CreateTask(redis.BlockingLeftPop(["queue"]));
        await Sleep(1);
        var closing = CreateTask(redis.DisposeAsync());
        await Sleep(0);
        closing.Cancel();
        await Wait([closing]);
        await Wait([pop], timeout: 10);
        Assert.IsType<RedisConnectionException>(pop.Exception());
        await Sleep(1);
        Assert.DoesNotContain(AllTasks(), static task => task.ToString()!.Contains("Redis", StringComparison.Ordinal));
    });

    [Theory]
    [InlineData("SELECT")]
    [InlineData("subscribe")]
    [InlineData("MULTI")]
    [InlineData("AUTH")]
    public void ExecuteAlone_WhatWouldChangeAConnectionForTheNextBorrower_IsRefused(string command) => FakeServer.Run(async fake =>
    {
        await using var redis = await FakeServer.Connect();
        var thrown = Assert.Throws<ArgumentException>(() => { _ = redis.ExecuteAlone(command, "1"); });
        Assert.Contains("Use ", thrown.Message, StringComparison.Ordinal);
        await Sleep(0);
        Assert.Single(fake.Received);
    });

    [Theory]
    [InlineData("XREAD", "COUNT", "1", "block", "0", "STREAMS", "a", "$")]
    [InlineData("xreadgroup", "GROUP", "g", "c", "BLOCK", "0", "STREAMS", "a", ">")]
    [InlineData("WAITAOF", "1", "0", "0")]
    public void Execute_WhatWouldBlockEverybody_IsRefused_AndGoesAlone(params string[] command) => FakeServer.Run(async fake =>
    {
        await using var redis = await FakeServer.Connect();
        var words = Array.ConvertAll(command, static word => (RedisArgument)word);
        var thrown = Assert.Throws<ArgumentException>(() => { _ = redis.Execute(words); });
        Assert.Contains("ExecuteAlone", thrown.Message, StringComparison.Ordinal);
        Assert.Equal("OK", (await redis.ExecuteAlone(words)).AsString());
        Assert.Equal("OK", (await redis.Execute("XREAD", "STREAMS", "block", "0")).AsString());
    });

    [Fact]
    public void Execute_WhatWouldSilenceReplies_IsRefused() => FakeServer.Run(static async fake =>
    {
        await using var redis = await FakeServer.Connect();
        Assert.Throws<ArgumentException>(() => { _ = redis.Execute("CLIENT", "reply", "OFF"); });
        Assert.Throws<ArgumentException>(() => { _ = redis.ExecuteAlone("client", "REPLY", "SKIP"); });
        Assert.Equal("OK", (await redis.Execute("CLIENT", "TRACKING", "ON")).AsString());
    });
}
