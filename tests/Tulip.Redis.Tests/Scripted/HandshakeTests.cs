namespace Tulip.Redis.Tests.Scripted;

public sealed class HandshakeTests
{
    private static readonly RedisOptions s_everything = FakeServer.Options with { User = "ann", Password = "secret", Database = 3, ClientName = "tests" };

    [Fact]
    public void Hello_CarriesAll_ThenTheDatabase() => FakeServer.Run(static async fake =>
    {
        await using var redis = await RedisClient.Connect(s_everything);
        Assert.Equal(["HELLO 3 AUTH ann secret SETNAME tests", "SELECT 3"], fake.Last);
    });

    [Theory]
    [InlineData("-ERR unknown command 'HELLO', with args beginning with: '3'\r\n")]
    [InlineData("-NOPROTO unsupported protocol version\r\n")]
    public void OldServer_IsSpokenToInResp2(string refusal) => FakeServer.Run(async fake =>
    {
        fake.Rule = words => words[0] == "HELLO" ? refusal : null;
        await using var redis = await RedisClient.Connect(s_everything);
        Assert.Equal(["HELLO 3 AUTH ann secret SETNAME tests", "AUTH ann secret", "CLIENT SETNAME tests", "SELECT 3"], fake.Last);
    });

    [Fact]
    public void OnlyResp2_SaysNoHello() => FakeServer.Run(static async fake =>
    {
        await using var redis = await RedisClient.Connect(FakeServer.Options with { OnlyResp2 = true, Password = "secret" });
        Assert.Equal(["AUTH secret"], fake.Last);
    });

    [Fact]
    public void Refused_ThrowsTheServersError_AndNothingGoesOn() => FakeServer.Run(static async fake =>
    {
        fake.Rule = static words => words[0] == "HELLO" ? "-WRONGPASS invalid username-password pair\r\n" : null;
        Assert.Equal("WRONGPASS", (await Expect.Throws<RedisException>(static async () => await RedisClient.Connect(s_everything))).Code);
        await Sleep(1);
        Assert.Equal(2, AllTasks().Count + fake.Received.Count);
    });

    [Theory]
    [InlineData("redis://example", "example:6379", null, null, 0)]
    [InlineData("redis://:s%20cret@example:7000/2", "example:7000", null, "s cret", 2)]
    [InlineData("rediss://ann:secret@example", "example:6379", "ann", "secret", 0)]
    [InlineData("unix:///run/redis.sock", "/run/redis.sock", null, null, 0)]
    public void Address_IsRead(string address, string where, string? user, string? password, int database)
    {
        var options = RedisOptions.Parse(address);
        Assert.Equal((where, user, password, database), (options.ToString(), options.User, options.Password, options.Database));
        Assert.Equal(address.StartsWith("rediss", StringComparison.Ordinal), options.Tls is not null);
    }

    [Theory]
    [InlineData("example:6379")]
    [InlineData("http://example")]
    [InlineData("redis://user:hidden@/x")]
    [InlineData("redis://example/x")]
    [InlineData("unix://")]
    public void Address_OfAnotherKind_IsRefused_WithoutThePassword(string address)
        => Assert.DoesNotContain("hidden", Assert.Throws<FormatException>(() => RedisOptions.Parse(address)).Message, StringComparison.Ordinal);

    [Fact]
    public void Options_OutOfRange_AreRefusedWhereTheyAreSet()
    {
        Assert.Throws<ArgumentOutOfRangeException>(static () => new RedisOptions { Database = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(static () => new RedisOptions { MaxIdleConnections = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(static () => new RedisOptions { MaxPending = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(static () => new RedisOptions { MaxReplySize = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(static () => new RedisOptions { ConnectTimeout = double.NaN });
    }
}
