namespace Tulip.Redis.Tests.Real;

/// <summary>The typed commands against a real server, in both protocols: their replies differ.</summary>
public sealed class CommandTests(RedisServer server)
{
    public static TheoryData<bool> Protocols => [false, true];

    [Theory]
    [MemberData(nameof(Protocols))]
    public void Strings(bool resp2) => Run(resp2, static async (redis, key) =>
    {
        Assert.Null(await redis.Get(key("a")));
        Assert.True(await redis.Set(key("a"), "ä1"));
        Assert.Equal("ä1", await redis.Get(key("a")));
        Assert.Equal(3, await redis.StringLength(key("a")));
        Assert.False(await redis.Set(key("a"), "no", when: SetWhen.Missing));
        Assert.False(await redis.Set(key("b"), "no", when: SetWhen.Present));
        Assert.True(await redis.Set(key("b"), new byte[] { 0, 255, 10, 13 }, expire: 100));
        Assert.Equal(new byte[] { 0, 255, 10, 13 }, (await redis.GetBytes(key("b")))!.Value.ToArray());
        Assert.InRange((await redis.TimeToLive(key("b"))).GetValueOrDefault(), 1, 100);
        Assert.Null(await redis.GetBytes(key("none")));
        Assert.Equal((IEnumerable<string?>)["ä1", null], await redis.GetMany(key("a"), key("none")));
        await redis.SetMany([new(key("m1"), "1"), new(key("m2"), "2")]);
        Assert.Equal(3, await redis.Increment(key("m2")));
        Assert.Equal(-7, await redis.Increment(key("m2"), -10));
        Assert.Equal(1.25, await redis.IncrementDouble(key("m1"), 0.25));
        Assert.Equal(7, await redis.Append(key("m1"), "xyz"));
        Assert.Equal("1.25xyz", await redis.GetDelete(key("m1")));
        Assert.Equal(2, await redis.Delete(key("a"), key("b"), key("m1")));
    });

    [Theory]
    [MemberData(nameof(Protocols))]
    public void Keys(bool resp2) => Run(resp2, static async (redis, key) =>
    {
        foreach (var i in Enumerable.Range(0, 250))
            await redis.Set(key($"k{i}"), i);
        Assert.Equal(250, (await redis.Scan(key("k*"), pageSize: 20).ToList()).Distinct().Count());
        Assert.Equal(2, await redis.Exists(key("k1"), key("k2"), key("none")));
        Assert.True(await redis.Expire(key("k1"), 50.5));
        Assert.False(await redis.Expire(key("none"), 50));
        Assert.True(await redis.Persist(key("k1")));
        Assert.Null(await redis.TimeToLive(key("k1")));
        Assert.True(await redis.Rename(key("k1"), key("renamed")));
        Assert.Equal(("string", "none"), (await redis.KeyType(key("renamed")), await redis.KeyType(key("k1"))));
        Assert.Equal(42, (await redis.Evaluate("return tonumber(ARGV[1]) + 2", [], 40)).AsInteger());
    });

    [Theory]
    [MemberData(nameof(Protocols))]
    public void Hashes(bool resp2) => Run(resp2, static async (redis, key) =>
    {
        Assert.True(await redis.HashSet(key("h"), "a", 1));
        Assert.False(await redis.HashSet(key("h"), "a", 2));
        Assert.Equal(2, await redis.HashSetMany(key("h"), [new("b", "3"), new("c", "4")]));
        Assert.Equal("2", await redis.HashGet(key("h"), "a"));
        Assert.Equal((IEnumerable<string?>)["3", null], await redis.HashGetMany(key("h"), "b", "x"));
        Assert.Equal(new Dictionary<string, string> { ["a"] = "2", ["b"] = "3", ["c"] = "4" }, await redis.HashGetAll(key("h")));
        Assert.Equal(12, await redis.HashIncrement(key("h"), "a", 10));
        Assert.True(await redis.HashExists(key("h"), "a"));
        Assert.Equal(1, await redis.HashDelete(key("h"), "a", "x"));
        Assert.Equal(2, await redis.HashLength(key("h")));
        Assert.Equal(["b=3", "c=4"], (await redis.HashScan(key("h")).ToList()).Select(static pair => $"{pair.Key}={pair.Value}").Order());
        Assert.Empty(await redis.HashGetAll(key("none")));
    });

    [Theory]
    [MemberData(nameof(Protocols))]
    public void Lists(bool resp2) => Run(resp2, static async (redis, key) =>
    {
        Assert.Equal(3, await redis.ListRightPush(key("l"), "a", "b", "c"));
        Assert.Equal(5, await redis.ListLeftPush(key("l"), "y", "z"));
        Assert.Equal(["z", "y", "a", "b", "c"], await redis.ListRange(key("l")));
        Assert.Equal("z", await redis.ListLeftPop(key("l")));
        Assert.Equal("c", await redis.ListRightPop(key("l")));
        Assert.Equal("b", await redis.ListMove(key("l"), key("other")));
        Assert.Equal(1, await redis.ListRemove(key("l"), "y"));
        Assert.True(await redis.ListTrim(key("l"), 0, 0));
        Assert.Equal(1, await redis.ListLength(key("l")));
        Assert.Null(await redis.ListLeftPop(key("none")));
    });

    [Theory]
    [MemberData(nameof(Protocols))]
    public void Sets(bool resp2) => Run(resp2, static async (redis, key) =>
    {
        Assert.Equal(3, await redis.SetAdd(key("s"), "a", "b", "c"));
        Assert.Equal(2, await redis.SetAdd(key("t"), "b", "d"));
        Assert.Equal(["a", "b", "c"], (await redis.SetMembers(key("s"))).Order());
        Assert.Equal(["b"], await redis.SetIntersection(key("s"), key("t")));
        Assert.Equal(["a", "c"], (await redis.SetDifference(key("s"), key("t"))).Order());
        Assert.Equal(4, (await redis.SetUnion(key("s"), key("t"))).Length);
        Assert.True(await redis.SetContains(key("s"), "a"));
        Assert.Equal(1, await redis.SetRemove(key("s"), "a", "x"));
        Assert.Equal(2, await redis.SetLength(key("s")));
        Assert.Equal(["b", "c"], (await redis.SetScan(key("s")).ToList()).Order());
    });

    [Theory]
    [MemberData(nameof(Protocols))]
    public void SortedSets(bool resp2) => Run(resp2, static async (redis, key) =>
    {
        Assert.True(await redis.SortedSetAdd(key("z"), "one", 1));
        Assert.Equal(2, await redis.SortedSetAddMany(key("z"), [new("two", 2.5), new("inf", double.PositiveInfinity)]));
        Assert.Equal(3.5, await redis.SortedSetIncrement(key("z"), "two"));
        Assert.Equal(3.5, await redis.SortedSetScore(key("z"), "two"));
        Assert.Null(await redis.SortedSetScore(key("z"), "none"));
        Assert.Equal((1L, 0L, null), (await redis.SortedSetRank(key("z"), "two"), await redis.SortedSetRank(key("z"), "inf", descending: true), await redis.SortedSetRank(key("z"), "none")));
        Assert.Equal([("one", 1), ("two", 3.5), ("inf", double.PositiveInfinity)], await redis.SortedSetRange(key("z")));
        Assert.Equal([("inf", double.PositiveInfinity)], await redis.SortedSetRange(key("z"), 0, 0, descending: true));
        Assert.Equal([("two", 3.5)], await redis.SortedSetRangeByScore(key("z"), 2, 4));
        Assert.Equal(3, (await redis.SortedSetScan(key("z")).ToList()).Count);
        Assert.Equal(1, await redis.SortedSetRemove(key("z"), "inf"));
        Assert.Equal(2, await redis.SortedSetLength(key("z")));
    });

    [Fact]
    public void Resp3Types_OfARealServer()
    {
        RedisServer.SkipIfMissing();
        using var own = new RedisServer(["--enable-debug-command", "yes"]);
        own.Run(own.Options, static async redis =>
        {
            // DEBUG PROTOCOL answers with each of the server's types.
            Assert.Equal("Integer:12345", await Describe("integer"));
            Assert.Equal("Double:3.141", await Describe("double"));
            Assert.Equal("Null:", await Describe("null"));
            Assert.Equal("Array:[Integer:0|Integer:1|Integer:2]", await Describe("array"));
            Assert.Equal("Set:[Integer:0|Integer:1|Integer:2]", await Describe("set"));
            Assert.Equal("Map:[Integer:0|Boolean:false|Integer:1|Boolean:true|Integer:2|Boolean:false]", await Describe("map"));
            Assert.Equal("Boolean:true", await Describe("true"));
            Assert.Equal("BigNumber:1234567999999999999999999999999999999", await Describe("bignum"));
            Assert.StartsWith("VerbatimString:txt'This is a verbatim", await Describe("verbatim"), StringComparison.Ordinal);
            Assert.StartsWith("String:'Some real reply following the attribute'{String:'key-popularity'", await Describe("attrib"), StringComparison.Ordinal);

            async Coroutine<string> Describe(string type) => Resp.Describe(await redis.Execute("DEBUG", "PROTOCOL", type));
        });
    }

    private void Run(bool resp2, Func<RedisClient, Func<string, string>, Coroutine> body)
    {
        var prefix = Guid.NewGuid().ToString("N");
        server.Run(server.Options with { OnlyResp2 = resp2 }, redis => body(redis, name => $"{prefix}:{name}"));
    }
}
