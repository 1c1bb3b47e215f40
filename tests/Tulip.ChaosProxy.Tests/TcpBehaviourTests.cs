namespace Tulip.ChaosProxy.Tests;

/// <summary>What each behaviour does to pieces of data.</summary>
public sealed class TcpBehaviourTests
{
    [Fact]
    public void Dummy_PassesBothDirectionsAndBothEnds()
    {
        var lab = Lab.Run(Lab.Tcp(), Backends.Echo, async lab =>
        {
            var peer = await lab.Connect();
            peer.Send("hello");
            Assert.Equal("hello", await peer.Read(5));
            peer.Send("again");
            peer.Writer.WriteEof();
            Assert.Equal("again", await peer.ReadToEnd());
            peer.Close();
        });
        Assert.Equal(4, lab.Statistics.Of(Behaviour.Dummy));
        Assert.Equal(10, lab.Statistics.BytesToBackend);
        Assert.Equal(10, lab.Statistics.BytesToClients);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void HalfClose_IsRelayed_TheOtherDirectionGoesOn(bool byClient)
    {
        Lab.Run(Lab.Tcp(), byClient ? AnswersTheEnd : EndsFirst, async lab =>
        {
            var peer = await lab.Connect();
            if (byClient)
            {
                peer.Send("all of it");
                peer.Writer.WriteEof();
                Assert.Equal("all of it, late", await peer.ReadToEnd());
                Assert.Equal(10, lab.Time);
            }
            else
            {
                Assert.Equal("", await peer.ReadToEnd());
                await Sleep(10);
                peer.Send("late");
                peer.Writer.WriteEof();
                await Sleep(1);
                Assert.Equal(4, lab.Statistics.BytesToBackend);
            }

            peer.Close();
        });

        static async Coroutine AnswersTheEnd(AsyncStreamReader reader, AsyncStreamWriter writer)
        {
            var peer = new Peer(reader, writer);
            var all = await peer.ReadToEnd();
            await Sleep(10);
            peer.Send($"{all}, late");
            peer.Close();
        }

        static async Coroutine EndsFirst(AsyncStreamReader reader, AsyncStreamWriter writer)
        {
            writer.WriteEof();
            Assert.Equal("late"u8.ToArray(), await reader.Read());
            writer.Close();
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Delay_HoldsOneDirectionBack_OnceForARoundTrip(bool before)
    {
        var options = Lab.Tcp("100:delay") with { BehaviourOptions = new() { DelaySleep = 40, DelayBefore = before } };
        Lab.Run(options, Backends.Echo, async lab =>
        {
            var peer = await lab.Connect();
            peer.Send("hello");
            Assert.Equal("hello", await peer.Read(5));
            Assert.Equal(40, lab.Time);
            peer.Close();
        });
    }

    [Fact]
    public void Error_SendsRandomBytesInsteadOfTheAnswer_TheSameForASeed()
    {
        Assert.Equal(Answer(1), Answer(1));
        Assert.NotEqual(Answer(1), Answer(2));

        static string Answer(int seed)
        {
            var answer = "";
            Lab.Run(Lab.Tcp("100:error") with { Seed = seed }, Backends.Echo, async lab =>
            {
                var peer = await lab.Connect();
                peer.Send("hello");
                answer = await peer.Read(1000);
                peer.Writer.WriteEof();
                Assert.Equal("", await peer.ReadToEnd());
                peer.Close();
            });
            return answer;
        }
    }

    [Fact]
    public void ErrorInject_PutsRandomBytesIntoTheMiddleOfTheAnswer()
    {
        var options = Lab.Tcp("100:error") with { BehaviourOptions = new() { ErrorInject = true } };
        Lab.Run(options, Backends.Echo, async lab =>
        {
            var peer = await lab.Connect();
            peer.Send("beginend");
            var answer = await peer.Read(108);
            Assert.Equal("begi", answer[..4]);
            Assert.Equal("nend", answer[^4..]);
            peer.Close();
        });
    }

    [Fact]
    public void Transient_SpoilsTheFirstPiecesOnly()
    {
        var options = Lab.Tcp("100:transient") with { BehaviourOptions = new() { TransientAgitate = 2 } };
        Lab.Run(options, Backends.Echo, async lab =>
        {
            var peer = await lab.Connect();
            peer.Send("hello");
            Assert.NotEqual("hello", (await peer.Read(1000))[..5]);
            peer.Send("hello");
            Assert.Equal("hello", await peer.Read(5));
            peer.Close();
        });
    }

    [Fact]
    public void Hang_ReadsAllAndPassesNothingOn_BeyondTheTimeout()
    {
        var lab = Lab.Run(Lab.Tcp("100:hang"), Backends.Echo, async lab =>
        {
            var peer = await lab.Connect();
            peer.Writer.Write(new byte[5_000_000]);
            await peer.Writer.Drain();
            await Assert.ThrowsAsync<TimeoutException>(() => CreateTask(WithTimeout(7200, _ => peer.Reader.Read(1))).AsTask());
            peer.Close();
            while (lab.Statistics.OpenConnections > 0)
                await Sleep(1);
        });
        Assert.Equal(0, lab.Statistics.BytesToBackend);
    }

    [Fact]
    public void Blackout_ClosesAtTheFirstPiece()
    {
        Lab.Run(Lab.Tcp("100:blackout"), Backends.Echo, async lab =>
        {
            var peer = await lab.Connect();
            peer.Send("hello");
            Assert.Equal("", await peer.ReadToEnd());
            peer.Close();
        });
    }

    [Fact]
    public void Abort_TheBackendGetsHalfAPieceAndTheEnd()
    {
        var seen = "";
        Lab.Run(Lab.Tcp("100:abort"), Watched, async lab =>
        {
            var peer = await lab.Connect();
            peer.Send("beginend");
            Assert.Equal("", await peer.ReadToEnd());
            peer.Close();
            await Sleep(1);
        });
        Assert.Equal("begi", seen);

        async Coroutine Watched(AsyncStreamReader reader, AsyncStreamWriter writer)
        {
            seen = await new Peer(reader, writer).ReadToEnd();
            writer.Close();
        }
    }

    [Fact]
    public void Change_OnAnOpenConnection_CountsFromTheNextPiece()
    {
        Lab.Run(Lab.Tcp(), Backends.Echo, async lab =>
        {
            var peer = await lab.Connect();
            peer.Send("hello");
            Assert.Equal("hello", await peer.Read(5));
            lab.Chaos.Change(BehaviourMix.Only(Behaviour.Blackout), new BehaviourOptions());
            peer.Send("hello");
            Assert.Equal("", await peer.ReadToEnd());
            peer.Close();
        });
    }

    [Theory]
    [InlineData(false, 30)]
    [InlineData(true, 5000)]
    public void Idle_IsClosedAfterTheTimeout_UnlessItStaysConnected(bool stays, double until)
    {
        Lab.Run(Lab.Tcp() with { StayConnected = stays }, Backends.Echo, async lab =>
        {
            var peer = await lab.Connect();
            await MoveOnAfter(5000, async _ => Assert.Equal("", await peer.ReadToEnd()));
            Assert.Equal(until, lab.Time);
            peer.Close();
        });
    }
}
