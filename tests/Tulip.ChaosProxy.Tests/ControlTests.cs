using System.Text.Json;

namespace Tulip.ChaosProxy.Tests;

/// <summary>The REST interface.</summary>
public sealed class ControlTests
{
    private static ProxyOptions Options => Lab.Http() with { Control = new(Lab.ProxyHost, 8080) };

    [Fact]
    public void Put_ChangesTheBehaviour_OnOpenConnectionsToo()
    {
        var lab = Lab.Run(Options, Backends.Web, async lab =>
        {
            var peer = await lab.Connect();
            peer.Send("GET / HTTP/1.1\r\n\r\n");
            await peer.ReadAnswer();
            Assert.Equal((200, """{"behavior":"dummy"}"""), await Ask("GET", "/behavior"));
            Assert.Equal((200, """{"status":"ok"}"""), await Ask("PUT", "/behavior", """{"sleep":2,"name":"delay"}"""));
            Assert.Equal((200, """{"behavior":"delay"}"""), await Ask("GET", "/behavior"));
            peer.Send("GET / HTTP/1.1\r\n\r\n");
            await peer.ReadAnswer();
            Assert.Equal(2, lab.Time);
            peer.Close();
        });
        Assert.Contains("[INFO] Handler changed to \"delay\"", lab.Log);
    }

    [Fact]
    public void Put_AList_IsAMix()
    {
        Lab.Run(Options, Backends.Web, async lab =>
        {
            Assert.Equal(200, (await Ask("POST", "/behavior", """{"name":"25:error,50:delay","sleep":0.5,"before":false}""")).Status);
            Assert.Equal((200, """{"behavior":"25:error,50:delay,25:dummy"}"""), await Ask("GET", "/behavior"));
            Assert.Equal(new BehaviourOptions { DelaySleep = 0.5, DelayBefore = false }, lab.Chaos.Options);
        });
    }

    [Theory]
    [InlineData("", "the value is not a valid json object")]
    [InlineData("[1]", "the value is not a valid json object")]
    [InlineData("null", "the value is not a valid json object")]
    [InlineData("{}", "the value should contain a \"name\" key")]
    [InlineData("""{"name":1}""", "the value should contain a \"name\" key")]
    [InlineData("""{"name":"nap"}""", "the 'nap' behavior does not exist")]
    [InlineData("""{"name":"60:hang,60:error"}""", "The behavior total needs to be 100 or less")]
    [InlineData("""{"name":"delay","sleep":-1}""", "a number of seconds, 0 to 86400, is expected, not '-1'")]
    [InlineData("""{"name":"delay","before":"maybe"}""", "true or false is expected, not 'maybe'")]
    [InlineData("""{"name":"hang","sleep":1}""", "hang has no option 'sleep'")]
    [InlineData("""{"name":"error","sleep":1}""", "error has no option 'sleep', but inject, warmup")]
    public void Put_Nonsense_SaysWhatIsExpected_AndChangesNothing(string body, string description)
    {
        Lab.Run(Options, backend: null, async lab =>
        {
            var (status, json) = await Ask("PUT", "/behavior", body);
            Assert.Equal(400, status);
            var document = JsonDocument.Parse(json).RootElement;
            Assert.Equal("error", document.GetProperty("status").GetString());
            Assert.Equal(description, document.GetProperty("errors")[0].GetProperty("description").GetString());
            Assert.Equal("dummy", lab.Chaos.Mix.ToString());
            Assert.Equal(new BehaviourOptions(), lab.Chaos.Options);
        });
    }

    [Fact]
    public void Get_ListsTheBehavioursAndTheStatistics()
    {
        Lab.Run(Options, Backends.Web, async lab =>
        {
            Assert.Equal(
                (200, """{"behaviors":["abort","blackout","delay","dummy","error","hang","transient"]}"""), await Ask("GET", "/behaviors"));
            var peer = await lab.Connect();
            peer.Send("GET / HTTP/1.1\r\n\r\n");
            await peer.ReadAnswer();
            var statistics = JsonDocument.Parse((await Ask("GET", "/statistics")).Body).RootElement;
            Assert.Equal(1, statistics.GetProperty("open_connections").GetInt32());
            Assert.Equal(1, statistics.GetProperty("requests").GetInt32());
            Assert.Equal(1, statistics.GetProperty("behaviors").GetProperty("dummy").GetInt32());
            peer.Close();
        });
    }

    [Fact]
    public void OtherPathsAndMethods_AreRefused()
    {
        Lab.Run(Options, backend: null, async _ =>
        {
            Assert.Equal(404, (await Ask("GET", "/")).Status);
            Assert.Equal(405, (await Ask("DELETE", "/behavior")).Status);
            Assert.Equal(405, (await Ask("PUT", "/statistics", "{}")).Status);
        });
    }

    [Fact]
    public void Connection_StaysOpen_ForMoreQuestions_AndEndsWithTheProxy()
    {
        Lab.Run(Options, backend: null, async _ =>
        {
            var (reader, writer) = await OpenConnection(Lab.ProxyHost, 8080);
            var peer = new Peer(reader, writer);
            for (var i = 0; i < 3; i++)
            {
                peer.Send("GET /behavior HTTP/1.1\r\n\r\n");
                Assert.EndsWith("}", await peer.ReadAnswer());
            }
        });
    }

    private static async Coroutine<(int Status, string Body)> Ask(string method, string path, string body = "")
    {
        var (reader, writer) = await OpenConnection(Lab.ProxyHost, 8080);
        var peer = new Peer(reader, writer);
        peer.Send($"{method} {path} HTTP/1.1\r\nConnection: close\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        var answer = await peer.ReadToEnd();
        peer.Close();
        var parts = answer.Split("\r\n\r\n", 2);
        return (int.Parse(parts[0].Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture), parts[1]);
    }
}
