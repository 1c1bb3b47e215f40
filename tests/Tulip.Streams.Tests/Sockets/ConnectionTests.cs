using System.Net.Sockets;

namespace Tulip.Streams.Tests.Sockets;

/// <summary>Streams over real sockets.</summary>
public sealed class ConnectionTests
{
    [Theory]
    [MemberData(nameof(Wire.Kinds), MemberType = typeof(Wire))]
    public void Echo_Lines_ComeBack(string kind) => Wire.Run(kind, Wire.Echo, static async wire =>
    {
        var (reader, writer) = await wire.Connect();
        for (var i = 0; i < 100; i++)
        {
            writer.Write(Bytes.Of($"line {i}\n"));
            await writer.Drain();
            Assert.Equal($"line {i}\n", Bytes.Text(await reader.ReadLine()));
        }

        writer.WriteEof();
        Assert.Empty(await reader.Read());
        writer.Close();
        await writer.WaitClosed();
    });

    [Theory]
    [MemberData(nameof(Wire.Kinds), MemberType = typeof(Wire))]
    public void HalfClosed_Client_StillReceivesTheAnswer(string kind) => Wire.Run(kind, Sum, static async wire =>
    {
        var (reader, writer) = await wire.Connect();
        Assert.True(writer.CanWriteEof);
        writer.WriteLines("all "u8.ToArray(), "of "u8.ToArray(), "it"u8.ToArray());
        writer.WriteEof();
        Assert.Equal("9 bytes: all of it", Bytes.Text(await reader.Read()));
    });

    [Theory]
    [MemberData(nameof(Wire.Kinds), MemberType = typeof(Wire))]
    public void Segments_OfOneByte_MakeTheSameLines(string kind) => Wire.Run(kind, Wire.Echo, static async wire =>
    {
        var (reader, writer) = await wire.Connect();
        const string Text = "one\r\ntwo\r\nthree\r\n";
        var lines = CreateTask(ReadLines());
        foreach (var octet in Bytes.Of(Text))
        {
            writer.Write([octet]);
            await Sleep(0);
        }

        writer.WriteEof();
        Assert.Equal(["one\r\n", "two\r\n", "three\r\n"], await lines);

        async Coroutine<List<string>> ReadLines()
        {
            var lines = new List<string>();
            await foreach (var line in reader)
                lines.Add(Bytes.Text(line));
            return lines;
        }
    });

    [Fact]
    public void Peer_Resets_ReadAndDrainThrowAndNothingIsReported()
    {
        var thrown = new List<Exception>();
        var reading = false;
        Wire.Run("tcp", Client, async wire =>
        {
            using var socket = wire.ConnectSocket();
            socket.Send("x"u8);
            while (!reading)
                await Sleep(0.001);
            socket.LingerState = new LingerOption(true, 0);
            socket.Close();
            while (thrown.Count < 3)
                await Sleep(0.001);
        });
        Assert.Equal(3, thrown.Count);
        Assert.All(thrown, exception => Assert.Equal(SocketError.ConnectionReset, Assert.IsType<SocketException>(exception).SocketErrorCode));

        async Coroutine Client(AsyncStreamReader reader, AsyncStreamWriter writer)
        {
            await reader.ReadExactly(1);
            reading = true;
            await Note(async () => { await reader.ReadExactly(10); });
            await Note(async () => { await writer.Drain(); });
            await Note(async () => { await writer.WaitClosed(); });
        }

        async Coroutine Note(Func<Coroutine> action)
        {
            try
            {
                await action();
            }
            catch (Exception exception)
            {
                thrown.Add(exception);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Wire.Kinds), MemberType = typeof(Wire))]
    public void ClientTask_Fails_ItsPeerSeesTheEnd(string kind)
    {
        var reports = new List<LoopErrorContext>();
        Wire.Run(kind, static async (reader, _) =>
        {
            await reader.ReadLine();
            throw new FormatException("no such command");
        }, async wire =>
        {
            GetRunningLoop().ExceptionHandler = (_, report) => reports.Add(report);
            var (reader, writer) = await wire.Connect();
            writer.Write("hello\n"u8);
            Assert.Empty(await reader.Read());
        });
        var report = Assert.Single(reports);
        Assert.Equal("Unhandled exception in client_connected_cb", report.Message);
        Assert.IsType<FormatException>(report.Exception);
        Assert.NotNull(report.Transport);
    }

    [Fact]
    public void StartServer_PlainCallback_IsCalledForEachClient() => LoopTest.RunInRealTime(async () =>
    {
        var count = 0;
        var server = await StartServer(
            (reader, writer) =>
            {
                count++;
                writer.Write("bye"u8);
                writer.Close();
            },
            "127.0.0.1",
            0);
        var port = ((System.Net.IPEndPoint)server.LocalEndPoints[0]).Port;
        for (var i = 1; i <= 3; i++)
        {
            var (reader, writer) = await OpenConnection("127.0.0.1", port);
            Assert.Equal("bye", Bytes.Text(await reader.Read()));
            await writer.DisposeAsync();
            Assert.Equal(i, count);
        }

        await server.DisposeAsync();
    });

    [Fact]
    public void GetExtraInfo_KnowsBothEnds() => Wire.Run("tcp", Wire.Echo, static async wire =>
    {
        var (_, writer) = await wire.Connect();
        Assert.Equal(wire.Server.LocalEndPoints[0], writer.GetExtraInfo(BaseTransport.PeerName));
        Assert.NotNull(writer.GetExtraInfo(BaseTransport.SockName));
        Assert.Null(writer.GetExtraInfo("nonsense"));
    });

    [Fact]
    public void OpenConnection_NobodyListens_Throws() => LoopTest.RunInRealTime(async () =>
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        var port = ((System.Net.IPEndPoint)socket.LocalEndPoint!).Port;
        var refused = await Expect.Throws<SocketException>(async () => { await OpenConnection("127.0.0.1", port); });
        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
        await Expect.Throws<SocketException>(async () => { await OpenUnixConnection("/nonexistent/socket"); });
    });

    [Fact]
    public void Limits_BelowOne_AreRefusedAtTheCall() => LoopTest.Run(async () =>
    {
        Expect.AtTheCall<ArgumentOutOfRangeException>(static () => OpenConnection("127.0.0.1", 1, limit: 0));
        Expect.AtTheCall<ArgumentOutOfRangeException>(static () => StartUnixServer(Wire.Echo, "x", limit: -1));
        Expect.AtTheCall<ArgumentNullException>(static () => StartServer((Func<AsyncStreamReader, AsyncStreamWriter, Coroutine>)null!, "127.0.0.1", 0));
        await Sleep(0);
    });

    private static async Coroutine Sum(AsyncStreamReader reader, AsyncStreamWriter writer)
    {
        var all = await reader.Read();
        writer.Write(Bytes.Of($"{all.Length} bytes: {Bytes.Text(all)}"));
        await writer.DisposeAsync();
    }
}
