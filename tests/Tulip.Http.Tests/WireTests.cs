using System.Net;
using System.Net.Sockets;

namespace Tulip.Http.Tests;

/// <summary>A connection as .NET code sees it: reads and writes of any thread.</summary>
public sealed class WireTests
{
    public static TheoryData<string> Engines => HttpRig.Engines;

    [Fact]
    public void Input_ThatNobodyReads_PausesTheTransport() => OnFake(static async (wire, stream, transport) =>
    {
        wire.DataReceived(new byte[Wire.KeptLimit]);
        Assert.False(transport.Paused);
        wire.DataReceived(new byte[1]);
        Assert.True(transport.Paused);
        Assert.Equal(Wire.KeptLimit / 2, await stream.ReadAsync(new byte[Wire.KeptLimit / 2]));
        Assert.True(transport.Paused);
        Assert.Equal(1, await stream.ReadAsync(new byte[1]));
        Assert.Equal(["pause", "resume"], transport.Calls);
        Assert.Equal(Wire.KeptLimit / 2, await stream.ReadAsync(new byte[Wire.KeptLimit]));
    });

    [Fact]
    public void Input_ForAReadThatWaits_GoesIntoItsBuffer() => OnFake(static async (wire, stream, transport) =>
    {
        var buffer = new byte[3];
        var reading = stream.ReadAsync(buffer);
        Assert.False(reading.IsCompleted);
        wire.DataReceived("abcde"u8);
        Assert.True(reading.IsCompleted);
        Assert.Equal(3, await reading);
        Assert.Equal("abc"u8, buffer);
        Assert.Equal(2, stream.Read(buffer));
        Assert.Equal("de"u8, buffer.AsSpan(0, 2));
    });

    [Fact]
    public void Read_OfNothing_WaitsUntilThereIsSomething() => OnFake(static async (wire, stream, transport) =>
    {
        var waiting = stream.ReadAsync(Memory<byte>.Empty);
        Assert.False(waiting.IsCompleted);
        wire.DataReceived("a"u8);
        Assert.Equal(0, await waiting);
        Assert.Equal(1, stream.Read(new byte[5]));
    });

    [Fact]
    public void End_OfThePeer_IsTheEndOfReading() => OnFake(static async (wire, stream, transport) =>
    {
        wire.DataReceived("a"u8);
        Assert.True(wire.EofReceived());
        Assert.Equal(1, await stream.ReadAsync(new byte[5]));
        Assert.Equal(0, await stream.ReadAsync(new byte[5]));
        await stream.WriteAsync("still"u8.ToArray());
        Assert.Equal("still"u8, transport.Written);
    });

    [Fact]
    public void Break_EndsWhatWaits_AfterWhatHadCome() => OnFake(static async (wire, stream, transport) =>
    {
        wire.PauseWriting();
        var writing = stream.WriteAsync("x"u8.ToArray()).AsTask();
        var reading = stream.ReadAsync(new byte[5]).AsTask();
        transport.Break(new SocketException((int)SocketError.ConnectionReset));
        Assert.IsType<SocketException>((await Expect.Throws<IOException>(async () => await reading)).InnerException);
        await Expect.Throws<IOException>(async () => await writing);
        await Expect.Throws<IOException>(async () => await stream.WriteAsync("y"u8.ToArray()));
        await Expect.Throws<IOException>(async () => _ = await stream.ReadAsync(new byte[5]));
    });

    [Fact]
    public void Write_AboveTheMark_WaitsForRoom() => OnFake(static async (wire, stream, transport) =>
    {
        wire.PauseWriting();
        var writing = stream.WriteAsync("one"u8.ToArray());
        Assert.Equal("one"u8, transport.Written);
        Assert.False(writing.IsCompleted);
        await Expect.Throws<InvalidOperationException>(async () => await stream.WriteAsync("two"u8.ToArray()));
        wire.ResumeWriting();
        await writing;
        await stream.WriteAsync("two"u8.ToArray());
        Assert.Equal("onetwo"u8, transport.Written);
    });

    [Fact]
    public void Dispose_InTheMiddleOfAWrite_AbortsAndEndsWhatWaits() => OnFake(static async (wire, stream, transport) =>
    {
        wire.PauseWriting();
        var writing = stream.WriteAsync("one"u8.ToArray()).AsTask();
        var reading = stream.ReadAsync(new byte[5]).AsTask();
        stream.Dispose();
        Assert.True(transport.Aborted);
        Assert.False(reading.IsCompleted); // not in line
        await Expect.Throws<IOException>(async () => await reading);
        await Expect.Throws<IOException>(async () => await writing);
        await Expect.Throws<ObjectDisposedException>(async () => _ = await stream.ReadAsync(new byte[5]));
        Assert.False(stream.CanRead || stream.CanWrite || stream.CanSeek);
    });

    [Fact]
    public void Dispose_BetweenWrites_LetsThemLeave() => OnFake(static async (_, stream, transport) =>
    {
        await stream.WriteAsync("one"u8.ToArray());
        await stream.DisposeAsync();
        Assert.True(transport.IsClosing);
        Assert.False(transport.Aborted);
    });

    [Fact]
    public void Cancel_OfAReadThatWaits_TakesNoByte() => OnFake(static async (wire, stream, transport) =>
    {
        using var cancel = new CancellationTokenSource();
        var reading = stream.ReadAsync(new byte[5], cancel.Token).AsTask();
        cancel.Cancel();
        var cancelled = await Expect.Throws<OperationCanceledException>(async () => await reading);
        Assert.Equal(cancel.Token, cancelled.CancellationToken);
        wire.DataReceived("abc"u8);
        Assert.Equal(3, await stream.ReadAsync(new byte[5]));
        await Expect.Throws<TaskCanceledException>(async () => _ = await stream.ReadAsync(new byte[5], cancel.Token));
    });

    [Fact]
    public void OtherThread_CancelsItsReads_LosesNoByte() => OnFake(static async (wire, stream, _) =>
    {
        var cancelled = await ToThread(() => ReadAll(wire, stream).Result);
        Assert.True(cancelled > 0);

        static async Task<int> ReadAll(Wire wire, WireStream stream)
        {
            const int Rounds = 3000;
            var (read, cancelled, sent) = (0, 0, 0);
            var random = new Random(5);
            var buffer = new byte[700];
            while (sent < Rounds || read < sent)
            {
                using var cancel = new CancellationTokenSource();
                var reading = stream.ReadAsync(buffer, cancel.Token);

                // The cancel comes before the byte, or meets it, or there is none.
                var choice = random.Next(3);
                if (choice == 0)
                    cancel.Cancel();
                if (sent < Rounds)
                {
                    var next = (byte)sent++;
                    wire.Loop.CallSoonThreadsafe(() => wire.DataReceived([next]));
                }

                if (choice == 1)
                    cancel.Cancel();
                try
                {
                    var count = await reading;
                    for (var i = 0; i < count; i++)
                        Assert.Equal((byte)read++, buffer[i]);
                }
                catch (OperationCanceledException)
                {
                    cancelled++;
                }
            }

            return cancelled;
        }
    });

    [Theory]
    [MemberData(nameof(Engines))]
    public void OtherThread_WritesAndReads_AllComesBack(string engine) => HttpRig.Run(engine, static async rig =>
    {
        await using var server = await StartServer(
            static async (reader, writer) =>
            {
                while (await reader.ReadLent() is { IsEmpty: false } data)
                {
                    writer.Write(data.Span);
                    await writer.Drain();
                }

                writer.Close();
            },
            "127.0.0.1",
            0);
        var (_, wire) = await rig.Loop.CreateConnection(() => new Wire(rig.Loop), "127.0.0.1", ((IPEndPoint)server.LocalEndPoints[0]).Port);
        using var stream = new WireStream(wire);
        var sent = new byte[3_000_000];
        new Random(9).NextBytes(sent);
        var received = new byte[sent.Length];
        var writing = Task.Run(async () =>
        {
            for (var at = 0; at < sent.Length; at += 100_000)
                await stream.WriteAsync(sent.AsMemory(at, 100_000));
            Assert.True(rig.OnLoop); // what writes comes to the loop
        });
        await Task.Run(() => stream.ReadExactly(received));
        await writing;
        Assert.True(received.AsSpan().SequenceEqual(sent));
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task LoopEnds_BeforeItHasToldAnotherThreadOfItsWrite_TheThreadGoesOnAllTheSame(bool connectionIsLost)
    {
        var loop = new EventLoop();
        var (wire, transport) = Connected(loop);
        var writing = new WireStream(wire).WriteAsync("one"u8.ToArray(), TestContext.Current.CancellationToken);
        Pass(loop, () =>
        {
            if (connectionIsLost)
                transport.Break(new SocketException((int)SocketError.ConnectionReset));
        });
        Assert.Equal("one"u8, transport.Written);

        // The write is done, and who awaits it comes only now: the loop is to tell, and ends instead.
        var waiting = Await(writing);
        loop.Close();
        await waiting.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        static async Task Await(ValueTask writing) => await writing;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task LoopEnds_BeforeItHasSeenWhatAnotherThreadBegan_AfterTheConnectionsEnd_TheThreadGoesOnAllTheSame(bool writes)
    {
        var loop = new EventLoop();
        var (wire, transport) = Connected(loop);
        Pass(loop, () => transport.Break(new SocketException((int)SocketError.ConnectionReset)));
        var stream = new WireStream(wire);
        var waiting = writes
            ? stream.WriteAsync("one"u8.ToArray(), TestContext.Current.CancellationToken).AsTask()
            : stream.ReadAsync(new byte[1], TestContext.Current.CancellationToken).AsTask();
        Assert.False(waiting.IsCompleted);
        loop.Close();
        await Assert.ThrowsAsync<IOException>(
            () => waiting.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
    }

    private static (Wire Wire, FakeTransport Transport) Connected(EventLoop loop)
    {
        var transport = new FakeTransport(loop);
        var wire = new Wire(loop);
        transport.SetProtocol(wire);
        Pass(loop, () => wire.ConnectionMade(transport));
        return (wire, transport);
    }

    /// <summary>Runs the loop for a little, and something on it.</summary>
    private static void Pass(EventLoop loop, Action action)
    {
        loop.RunUntilComplete(Run());

        async Coroutine Run()
        {
            await Sleep(0);
            action();
            await Sleep(0);
        }
    }

    private static void OnFake(Func<Wire, WireStream, FakeTransport, Coroutine> body)
    {
        using var loop = new EventLoop();
        loop.RunUntilComplete(Main());

        async Coroutine Main()
        {
            var transport = new FakeTransport(loop);
            var wire = new Wire(loop);
            transport.SetProtocol(wire);
            wire.ConnectionMade(transport);
            await WithTimeout(180, async _ => await body(wire, new WireStream(wire), transport));
        }
    }
}
