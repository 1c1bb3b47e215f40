using System.Text.RegularExpressions;

namespace Tulip.ChaosProxy.Tests;

/// <summary>What each behaviour does to a request.</summary>
public sealed class HttpBehaviourTests
{
    private const string Page = "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nGET / 0";

    [Fact]
    public void Dummy_PassesAllThrough_AtOnce()
    {
        var lab = Lab.Run(Lab.Http(), Backends.Web, async lab =>
        {
            var peer = await lab.Connect();
            peer.Send("GET / HTTP/1.1\r\nHost: here\r\n\r\n");
            Assert.Equal(Page, await peer.ReadAnswer());
            peer.Send("PUT /x HTTP/1.1\r\nHost: here\r\nContent-Length: 5\r\n\r\nhello");
            Assert.EndsWith("PUT /x 5", await peer.ReadAnswer());
            Assert.Equal(0, lab.Time);
            peer.Close();
        });
        Assert.Equal(2, lab.Statistics.Of(Behaviour.Dummy));
        Assert.Equal(2, lab.Statistics.Requests);
        Assert.Equal(1, lab.Statistics.Connections);
    }

    [Theory]
    [InlineData(true, 0.5)]
    [InlineData(false, 0)]
    public void Delay_HoldsBackTheRequestOrTheAnswer_ForItsTime(bool before, double reachesBackendAt)
    {
        var reached = new List<double>();
        var options = Lab.Http("100:delay") with { BehaviourOptions = new() { DelaySleep = 0.5, DelayBefore = before } };
        Lab.Run(options, Watched(reached), async lab =>
        {
            Assert.Contains("GET / 0", await lab.Get("/"));
            Assert.Equal(0.5, lab.Time);
        });
        Assert.Equal([reachesBackendAt], reached);

        static Func<AsyncStreamReader, AsyncStreamWriter, Coroutine> Watched(List<double> reached) => async (reader, writer) =>
        {
            await reader.ReadUntil("\r\n\r\n"u8.ToArray());
            reached.Add(GetRunningLoop().Time);
            Backends.Answer(writer, "GET / 0", keepsOpen: false);
            writer.Close();
        };
    }

    [Fact]
    public void Delay_LongerThanTheTimeout_IsStillAnswered()
    {
        var options = Lab.Http("100:delay") with { Timeout = 30, BehaviourOptions = new() { DelaySleep = 3600 } };
        Lab.Run(options, Backends.Web, async lab =>
        {
            Assert.Contains("GET / 0", await lab.Get("/"));
            Assert.Equal(3600, lab.Time);
        });
    }

    [Fact]
    public void Error_SendsAServerErrorAndCloses_TheBackendHearsNothing()
    {
        var lab = Lab.Run(Lab.Http("100:error"), backend: null, async lab =>
        {
            var peer = await lab.Connect();
            peer.Send("POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 100000\r\n\r\nonly a part");
            var answer = await peer.ReadToEnd();
            Assert.Matches(new Regex(@"^HTTP/1\.1 50[0-3] [A-Z].*Connection: close.*<title>50[0-3]", RegexOptions.Singleline), answer);
            peer.Close();
        });
        Assert.Equal(1, lab.Statistics.Of(Behaviour.Error));
        Assert.Equal(0, lab.Statistics.BackendFailures);
    }

    [Fact]
    public void Error_ToHead_HasNoPage()
    {
        Lab.Run(Lab.Http("100:error"), backend: null, async lab =>
        {
            var peer = await lab.Connect();
            peer.Send("HEAD / HTTP/1.1\r\n\r\n");
            Assert.EndsWith("\r\n\r\n", await peer.ReadToEnd());
            peer.Close();
        });
    }

    [Fact]
    public void Error_Warmup_LetsTheFirstCallsThrough()
    {
        var options = Lab.Http("100:error") with { BehaviourOptions = new() { ErrorWarmup = 2 } };
        Lab.Run(options, Backends.Web, async lab =>
        {
            Assert.Contains(" 200 ", await lab.Get("/"));
            Assert.Contains(" 200 ", await lab.Get("/"));
            Assert.Matches("^HTTP/1.1 50[0-3] ", await lab.Get("/"));
        });
    }

    [Fact]
    public void Transient_FailsTheFirstCallsOnly()
    {
        var options = Lab.Http("100:transient") with { BehaviourOptions = new() { TransientAgitate = 3 } };
        var lab = Lab.Run(options, Backends.Web, async lab =>
        {
            for (var i = 0; i < 3; i++)
                Assert.Matches("^HTTP/1.1 50[0-3] ", await lab.Get("/"));
            Assert.Contains(" 200 ", await lab.Get("/"));
            Assert.Contains(" 200 ", await lab.Get("/"));
        });
        Assert.Equal(5, lab.Statistics.Of(Behaviour.Transient));
    }

    [Fact]
    public void Hang_ReadsAllAndNeverAnswers()
    {
        Lab.Run(Lab.Http("100:hang"), backend: null, async lab =>
        {
            var peer = await lab.Connect();
            peer.Send("POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 10000000\r\n\r\n");

            // All is read: more than any buffer on the way would take.
            peer.Writer.Write(new byte[10_000_000]);
            await peer.Writer.Drain();
            await Assert.ThrowsAsync<TimeoutException>(() => CreateTask(WithTimeout(7200, _ => peer.Reader.Read(1))).AsTask());
            Assert.Equal(7200, lab.Time);
            peer.Close();
            while (lab.Statistics.OpenConnections > 0)
                await Sleep(1);
        });
    }

    [Fact]
    public void Blackout_ClosesAtOnce()
    {
        Lab.Run(Lab.Http("100:blackout"), backend: null, async lab =>
        {
            Assert.Equal("", await lab.Get("/"));
            Assert.Equal(0, lab.Time);
        });
    }

    [Fact]
    public void Abort_TheBackendSeesTheRequestBreakOff_TheClientNoAnswer()
    {
        var seen = new List<string>();
        Lab.Run(Lab.Http("100:abort"), Watched(seen), async lab =>
        {
            var peer = await lab.Connect();
            peer.Send("POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 100\r\n\r\nhalf of it");
            Assert.Equal("", await peer.ReadToEnd());
            peer.Close();
            while (seen.Count == 0)
                await Sleep(1);
        });
        Assert.EndsWith("Content-Length: 100\r\n\r\nhalf of it", seen[0]);

        static Func<AsyncStreamReader, AsyncStreamWriter, Coroutine> Watched(List<string> seen) => async (reader, writer) =>
        {
            seen.Add(await new Peer(reader, writer).ReadToEnd());
            writer.Close();
        };
    }

    [Fact]
    public void Mix_SameSeed_DecidesTheSameByPath_WhateverTheOrder()
    {
        var paths = Enumerable.Range(0, 60).Select(i => $"/{i}").ToArray();
        var forward = Statuses(paths, seed: 5);
        var backward = Statuses([.. paths.Reverse()], seed: 5);
        Assert.Equal(forward, backward);
        Assert.NotEqual(forward, Statuses(paths, seed: 6));
        Assert.InRange(forward.Count(pair => pair.Value != "200"), 5, 25);

        static SortedDictionary<string, string> Statuses(string[] paths, int seed)
        {
            var statuses = new SortedDictionary<string, string>();
            Lab.Run(Lab.Http("25:error,50:delay") with { Seed = seed }, Backends.Web, async lab =>
            {
                await Gather(paths.Select(async Coroutine<int> (path) =>
                {
                    var answer = await lab.Get(path);
                    statuses.Add(path, answer.Split(' ')[1]);
                    return 0;
                }));
                Assert.Equal(1, lab.Time);
            });
            return statuses;
        }
    }

    [Fact]
    public void Change_OnAnOpenConnection_CountsFromTheNextRequest()
    {
        Lab.Run(Lab.Http("100:delay"), Backends.Web, async lab =>
        {
            var peer = await lab.Connect();
            peer.Send("GET / HTTP/1.1\r\nHost: here\r\n\r\n");
            await Sleep(0.5);
            lab.Chaos.Change(BehaviourMix.Only(Behaviour.Blackout), new BehaviourOptions());
            Assert.Equal(Page, await peer.ReadAnswer());
            Assert.Equal(1, lab.Time);
            peer.Send("GET / HTTP/1.1\r\nHost: here\r\n\r\n");
            Assert.Equal("", await peer.ReadToEnd());
            peer.Close();
        });
    }
}
