namespace Tulip.ChaosProxy.Tests;

/// <summary>What HTTP allows, what it does not, and peers that are gone.</summary>
public sealed class HttpTroubleTests
{
    [Fact]
    public void NoBackend_IsABadGateway()
    {
        var lab = Lab.Run(Lab.Http(), backend: null, async lab =>
            Assert.StartsWith("HTTP/1.1 502 Bad Gateway\r\n", await lab.Get("/")));
        Assert.Equal(1, lab.Statistics.BackendFailures);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-")]
    [InlineData("nonsense\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n")]
    public void BackendWithoutAValidAnswer_IsABadGateway(string answer)
    {
        Lab.Run(Lab.Http(), Sends(answer), async lab => Assert.StartsWith("HTTP/1.1 502 ", await lab.Get("/")));
    }

    [Fact]
    public void SilentBackend_IsAGatewayTimeout()
    {
        Lab.Run(Lab.Http(), Silent, async lab =>
        {
            Assert.StartsWith("HTTP/1.1 504 ", await lab.Get("/"));
            Assert.Equal(30, lab.Time);
        });

        static async Coroutine Silent(AsyncStreamReader reader, AsyncStreamWriter writer)
        {
            await reader.Read();
            writer.Close();
        }
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\nonly this")]
    public void AnswerThatBreaksOff_BreaksTheClientsConnection(string answer)
    {
        var lab = Lab.Run(Lab.Http(), Sends(answer), async lab =>
        {
            var peer = await lab.Connect();
            peer.Send("GET / HTTP/1.1\r\n\r\n");
            Assert.EndsWith("only this", await peer.ReadToEnd());
            peer.Close();
        });
        Assert.Equal(1, lab.Statistics.BackendFailures);
    }

    [Theory]
    [InlineData("GET /\r\n\r\n", 400)]
    [InlineData("GET / HTTP/2.0\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nA: b\r\n folded\r\n\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\nA: b\rTransfer-Encoding: chunked\r\n\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400)]
    public void RequestThatCouldBeReadInTwoWays_IsRefused(string request, int status)
    {
        Lab.Run(Lab.Http(), Backends.Web, async lab =>
        {
            var peer = await lab.Connect();
            peer.Send(request);
            Assert.StartsWith($"HTTP/1.1 {status} ", await peer.ReadToEnd());
            peer.Close();
        });
    }

    [Fact]
    public void BackendThatSaysMoreThanItIsAsked_IsNotBelievedByTheNextClient()
    {
        Lab.Run(Lab.Http(), Chatty, async lab =>
        {
            for (var i = 0; i < 3; i++)
            {
                var peer = await lab.Connect();
                peer.Send("GET / HTTP/1.1\r\n\r\n");
                Assert.EndsWith("\r\n\r\nok", await peer.ReadAnswer());
                peer.Close();
            }
        });

        static async Coroutine Chatty(AsyncStreamReader reader, AsyncStreamWriter writer)
        {
            var requests = new HttpPipe(reader, pieceSize: 1024);
            while (await requests.ReadHead() is not null)
                writer.Write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"u8);
            writer.Close();
        }
    }

    [Fact]
    public void HeadWithoutEnd_IsRefused()
    {
        Lab.Run(Lab.Http(), Backends.Web, async lab =>
        {
            var peer = await lab.Connect();
            peer.Send("GET / HTTP/1.1\r\nCookie: " + new string('x', 100_000));
            Assert.StartsWith("HTTP/1.1 431 ", await peer.ReadToEnd());
            peer.Close();
        });
    }

    [Fact]
    public void PipelinedRequests_AreAnsweredInOrder_OverOneConnectionToTheBackend()
    {
        var connections = 0;
        Lab.Run(Lab.Http(), Counted, async lab =>
        {
            var peer = await lab.Connect();
            peer.Send("GET /1 HTTP/1.1\r\n\r\nPOST /2 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nTrailer: t\r\n\r\n\r\nGET /3 HTTP/1.1\r\n\r\n");
            Assert.EndsWith("GET /1 0", await peer.ReadAnswer());
            Assert.EndsWith("POST /2 29", await peer.ReadAnswer());
            Assert.EndsWith("GET /3 0", await peer.ReadAnswer());
            peer.Close();
        });

        // The length is that of all chunks with their framing. What must not be repeated goes over a connection of its own.
        Assert.Equal(2, connections);

        Coroutine Counted(AsyncStreamReader reader, AsyncStreamWriter writer)
        {
            connections++;
            return Backends.Web(reader, writer);
        }
    }

    [Fact]
    public void LargeBodies_GoThroughBothWays_WithoutBeingKept()
    {
        const int Size = 20_000_000;
        Lab.Run(Lab.Http(), EchoBody, async lab =>
        {
            var peer = await lab.Connect();
            peer.Send($"PUT /large HTTP/1.1\r\nContent-Length: {Size}\r\nConnection: close\r\n\r\n");
            var reading = CreateTask(peer.Reader.ReadUntil("\r\n\r\n"u8.ToArray()));
            for (var i = 0; i < Size; i += 1_000_000)
            {
                peer.Writer.Write(new byte[1_000_000]);
                if (i == 0)
                    await reading;
                if (i > 0)
                    Assert.Equal(1_000_000, (await peer.Reader.ReadExactly(1_000_000)).Length);
            }

            Assert.Equal(1_000_000, (await peer.Reader.Read()).Length);
            peer.Close();
        });

        // The answer begins before the request has ended.
        static async Coroutine EchoBody(AsyncStreamReader reader, AsyncStreamWriter writer)
        {
            var pipe = new HttpPipe(reader, 8192);
            var request = HttpRequest.Parse((await pipe.ReadHead())!);
            writer.Write("HTTP/1.1 200 OK\r\nContent-Length: 20000000\r\nConnection: close\r\n\r\n"u8);
            await pipe.Pass(request.Body, writer, static _ => { });
            writer.Close();
        }
    }

    [Fact]
    public void Expect100_TheInterimAnswerComesBeforeTheBody()
    {
        Lab.Run(Lab.Http(), Continues, async lab =>
        {
            var peer = await lab.Connect();
            peer.Send("PUT / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
            Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", await peer.ReadAnswer());
            peer.Send("hello");
            Assert.EndsWith("hello", await peer.ReadAnswer());
            peer.Close();
        });

        static async Coroutine Continues(AsyncStreamReader reader, AsyncStreamWriter writer)
        {
            var peer = new Peer(reader, writer);
            await reader.ReadUntil("\r\n\r\n"u8.ToArray());
            peer.Send("HTTP/1.1 100 Continue\r\n\r\n");
            Backends.Answer(writer, await peer.Read(5));
            await reader.Read();
            writer.Close();
        }
    }

    [Fact]
    public void Upgrade_BecomesATunnel()
    {
        Lab.Run(Lab.Http(), Upgrades, async lab =>
        {
            var peer = await lab.Connect();
            peer.Send("GET /socket HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
            Assert.StartsWith("HTTP/1.1 101 ", await peer.ReadAnswer());
            peer.Send("not HTTP");
            Assert.Equal("not HTTP", await peer.Read(8));
            peer.Writer.WriteEof();
            Assert.Equal("", await peer.ReadToEnd());
            peer.Close();
        });

        static async Coroutine Upgrades(AsyncStreamReader reader, AsyncStreamWriter writer)
        {
            await reader.ReadUntil("\r\n\r\n"u8.ToArray());
            writer.Write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n"u8);
            await Backends.Echo(reader, writer);
        }
    }

    [Fact]
    public void ClientGoneWithinItsRequest_LeavesTheProxyServing()
    {
        var lab = Lab.Run(Lab.Http(), Backends.Web, async lab =>
        {
            foreach (var part in new[] { "GET / HT", "POST / HTTP/1.1\r\nContent-Length: 100\r\n\r\nabc", "GET / HTTP/1.1\r\n\r\n" })
            {
                var peer = await lab.Connect();
                peer.Send(part);
                await Sleep(0.1);
                peer.Writer.Transport.Abort();
            }

            await Sleep(5);
            Assert.Equal(0, lab.Statistics.OpenConnections);
            Assert.Contains(" 200 ", await lab.Get("/"));
        });
        Assert.InRange(lab.Statistics.ClientsGone, 2, 3);
    }

    [Fact]
    public void HalfClosedClient_StillGetsItsAnswer()
    {
        Lab.Run(Lab.Http("100:delay"), Backends.Web, async lab =>
        {
            var peer = await lab.Connect();
            peer.Send("GET / HTTP/1.1\r\n\r\n");
            peer.Writer.WriteEof();
            Assert.EndsWith("GET / 0", await peer.ReadToEnd());
            peer.Close();
        });
    }

    [Theory]
    [InlineData("GET", 0)]
    [InlineData("GET", 0.25)]
    [InlineData("POST", 0.25)]
    public void KeptConnectionThatTheBackendCloses_IsReplaced(string method, double closesAfter)
    {
        // With 0.1 s between all of them, the second request reaches the proxy 0.3 s after the first answer has left: if the
        // backend closes after 0.25 s, the proxy cannot know yet.
        var connections = 0;
        Lab.Run(
            Lab.Http(),
            AnswersOnce,
            async lab =>
            {
                var peer = await lab.Connect();
                for (var i = 0; i < 2; i++)
                {
                    peer.Send($"{method} / HTTP/1.1\r\nContent-Length: 0\r\n\r\n");
                    Assert.EndsWith("once", await peer.ReadAnswer());
                }

                peer.Close();
            },
            latency: 0.1);
        Assert.Equal(2, connections);

        async Coroutine AnswersOnce(AsyncStreamReader reader, AsyncStreamWriter writer)
        {
            connections++;
            await reader.ReadUntil("\r\n\r\n"u8.ToArray());
            Backends.Answer(writer, "once");
            await Sleep(closesAfter);
            writer.Close();
        }
    }

    [Fact]
    public void HostHeader_IsTheBackends_UnlessItIsToBeLeft()
    {
        foreach (var overwrites in new[] { true, false })
        {
            Lab.Run(Lab.Http() with { OverwritesHostHeader = overwrites }, TellsTheHost, async lab =>
                Assert.EndsWith(overwrites ? "10.0.0.1:80" : "here", await lab.Get("/")));
        }

        static async Coroutine TellsTheHost(AsyncStreamReader reader, AsyncStreamWriter writer)
        {
            var request = HttpRequest.Parse(await reader.ReadUntil("\r\n\r\n"u8.ToArray()));
            Backends.Answer(writer, request.Head.Values("Host").Single(), keepsOpen: false);
            writer.Close();
        }
    }

    private static Func<AsyncStreamReader, AsyncStreamWriter, Coroutine> Sends(string answer) => async (reader, writer) =>
    {
        await reader.ReadUntil("\r\n\r\n"u8.ToArray());
        new Peer(reader, writer).Send(answer);
        writer.Close();
    };
}
