using System.Net.Security;
using System.Text.Json;

namespace Tulip.Streams.Tests.Views;

/// <summary>A connection as <see cref="Stream"/>: for .NET's own classes, from any thread.</summary>
public sealed class StreamViewTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void TextReaderAndWriter_OnTheLoopAndOff_TalkInLines(bool onLoop) => Wire.Run("tcp", Wire.Echo, async wire =>
    {
        var stream = (await wire.Connect()).Writer.AsStream();
        var talk = onLoop ? Talk(stream) : Task.Run(() => Talk(stream));
        Assert.Equal(["line 0", "line 1", "line 2"], await talk);

        static async Task<List<string?>> Talk(Stream stream)
        {
            using var reader = new StreamReader(stream);
            await using var writer = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" };
            var lines = new List<string?>();
            for (var i = 0; i < 3; i++)
            {
                await writer.WriteLineAsync($"line {i}");
                await writer.FlushAsync();
                lines.Add(await reader.ReadLineAsync());
            }

            return lines;
        }
    });

    [Fact]
    public void BlockingCalls_FromAnotherThread_Work() => Wire.Run("tcp", Wire.Echo, static async wire =>
    {
        var stream = (await wire.Connect()).Writer.AsStream();
        Assert.Equal("0123456789", await Task.Run(() =>
        {
            var memory = new byte[10];
            stream.Write("01234"u8);
            stream.Write("56789"u8.ToArray(), 0, 5);
            stream.Flush();
            stream.ReadExactly(memory);
            stream.Dispose();
            return Bytes.Text(memory);
        }));
    });

    [Fact]
    public void BlockingRead_OnTheLoop_IsRefusedUnlessThereIsSomething() => LoopTest.Run(async () =>
    {
        var (reader, writer, transport) = FakeTransport.Connect();
        var stream = writer.AsStream();
        Assert.Throws<InvalidOperationException>(() => stream.Read(new byte[10]));
        reader.Feed("now");
        Assert.Equal(3, stream.Read(new byte[10]));
        stream.Write("out"u8);
        stream.Flush();
        Assert.Equal("out", Bytes.Text(transport.Written));
        reader.FeedEof();
        Assert.Equal(0, stream.Read(new byte[10]));
        await Sleep(0);
    });

    [Fact]
    public void Tls_OverTwoViews_ShakesHandsAndCarriesData()
    {
        using var certificate = TestCertificate.Make();
        Wire.Run("tcp", Serve, async wire =>
        {
            await using var secure = new SslStream((await wire.Connect()).Writer.AsStream());
            await secure.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                RemoteCertificateValidationCallback = static (_, _, _, _) => true,
            });
            var message = new byte[100_000];
            Random.Shared.NextBytes(message);
            var answer = new byte[message.Length];
            await Task.WhenAll(secure.WriteAsync(message).AsTask(), secure.ReadExactlyAsync(answer).AsTask());
            Assert.Equal(message, answer);
        });

        async Coroutine Serve(AsyncStreamReader reader, AsyncStreamWriter writer)
        {
            await using var secure = new SslStream(writer.AsStream());
            await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate });
            await secure.CopyToAsync(secure);
        }
    }

    [Fact]
    public void JsonSerializer_FromAnotherThread_WritesAndReads() => Wire.Run("unix", Wire.Echo, static async wire =>
    {
        var (_, writer) = await wire.Connect();
        var stream = writer.AsStream();
        var numbers = Enumerable.Range(0, 10_000).ToArray();
        var written = Task.Run(async () =>
        {
            await JsonSerializer.SerializeAsync(stream, numbers);
            await stream.FlushAsync();
        });
        var read = Task.Run(async () => await JsonSerializer.DeserializeAsync<int[]>(stream));
        await written;
        writer.WriteEof();
        Assert.Equal(numbers, await read);
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void CancelledRead_LosesNothing(bool onLoop) => Wire.Run("tcp", Wire.Echo, async wire =>
    {
        var (_, writer) = await wire.Connect();
        var stream = writer.AsStream();
        for (var i = 0; i < 20; i++)
        {
            using var source = new CancellationTokenSource();
            var memory = new byte[10];
            var read = onLoop ? stream.ReadAsync(memory, source.Token).AsTask() : Task.Run(() => stream.ReadAsync(memory, source.Token).AsTask());
            await Sleep(0.001);
            Assert.False(read.IsCompleted);
            if (i % 2 == 0)
                writer.Write("x"u8);
            await source.CancelAsync();
            try
            {
                // Too late to be cancelled is fine too: then it has the byte.
                if (await read == 1 && i % 2 == 0)
                    writer.Write("x"u8);
            }
            catch (OperationCanceledException)
            {
            }

            if (i % 2 == 0)
                await stream.ReadExactlyAsync(new byte[1]);
        }

        Assert.Equal(2, CountDown(await SendAndTake()));

        async Coroutine<string> SendAndTake()
        {
            writer.Write("ok"u8);
            var memory = new byte[2];
            await stream.ReadExactlyAsync(memory);
            return Bytes.Text(memory);
        }

        static int CountDown(string text) => text == "ok" ? 2 : 0;
    });

    [Fact]
    public void CancelledBefore_NothingIsReadOrWritten() => LoopTest.Run(async () =>
    {
        var (reader, writer, transport) = FakeTransport.Connect();
        var stream = writer.AsStream();
        var cancelled = new CancellationToken(canceled: true);
        reader.Feed("kept");
        Assert.True(stream.ReadAsync(new byte[10], cancelled).IsCanceled);
        Assert.True(stream.WriteAsync(new byte[10], cancelled).IsCanceled);
        Assert.True(stream.FlushAsync(cancelled).IsCanceled);
        Assert.Empty(transport.Written);
        Assert.Equal("kept", Bytes.Text(await reader.Read(10)));
    });

    [Fact]
    public void WriteAsync_WhileWritingIsPaused_WaitsAndCanBeCancelled() => LoopTest.RunInRealTime(async () =>
    {
        var (_, writer, transport) = FakeTransport.Connect();
        var stream = writer.AsStream();
        Assert.True(stream.WriteAsync("free"u8.ToArray()).IsCompletedSuccessfully);
        transport.GetProtocol().PauseWriting();
        using var source = new CancellationTokenSource();
        var cancelled = stream.WriteAsync("one"u8.ToArray(), source.Token).AsTask();
        var waiting = stream.WriteAsync("two"u8.ToArray()).AsTask();
        await LoopTest.Passes(5);
        Assert.False(cancelled.IsCompleted);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.False(waiting.IsCompleted);
        transport.GetProtocol().ResumeWriting();
        await waiting;

        // What was written leaves, cancelled or not.
        Assert.Equal("freeonetwo", Bytes.Text(transport.Written));
    });

    [Fact]
    public void Broken_ReadsAndWritesThrowIOException() => LoopTest.RunInRealTime(async () =>
    {
        var (_, writer, transport) = FakeTransport.Connect();
        var stream = writer.AsStream();
        var read = stream.ReadAsync(new byte[1]).AsTask();
        await LoopTest.Passes(2);
        transport.Break(new System.Net.Sockets.SocketException((int)System.Net.Sockets.SocketError.ConnectionReset));
        await Assert.ThrowsAsync<IOException>(() => read);
        await Assert.ThrowsAsync<IOException>(() => stream.ReadAsync(new byte[1]).AsTask());
        await Assert.ThrowsAsync<IOException>(() => stream.WriteAsync(new byte[1]).AsTask());
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Dispose_ClosesTheConnection_UnlessItIsLeftOpen(bool leaveOpen) => LoopTest.RunInRealTime(async () =>
    {
        var (_, writer, transport) = FakeTransport.Connect();
        var stream = writer.AsStream(leaveOpen);
        stream.Dispose();
        stream.Dispose();
        Assert.Equal(!leaveOpen, transport.IsClosing);
        Assert.False(stream.CanRead);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => stream.ReadAsync(new byte[1]).AsTask());
        await writer.AsStream(leaveOpen).DisposeAsync();
        Assert.Equal(!leaveOpen, transport.IsClosing);
        await Sleep(0);
    });

    [Fact]
    public void EmptyRead_WaitsForBytesAndTakesNone() => LoopTest.RunInRealTime(async () =>
    {
        var (reader, writer, _) = FakeTransport.Connect();
        var stream = writer.AsStream();
        var read = stream.ReadAsync(Memory<byte>.Empty).AsTask();
        await LoopTest.Passes(3);
        Assert.False(read.IsCompleted);
        reader.Feed("here");
        Assert.Equal(0, await read);
        Assert.Equal("here", Bytes.Text(await reader.Read(10)));
    });
}
