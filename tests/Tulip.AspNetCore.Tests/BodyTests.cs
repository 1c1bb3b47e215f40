using System.Buffers;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Tulip.AspNetCore.Tests;

/// <summary>Bodies both ways: chunked, large, faster than they are taken.</summary>
public sealed class BodyTests
{
    private const int Piece = 64 * 1024;

    /// <summary>16 MiB; with <c>TULIP_BULK_MIB=1024</c> a GiB.</summary>
    private static readonly int s_pieces
        = 16 * (int.TryParse(Environment.GetEnvironmentVariable("TULIP_BULK_MIB"), out var mebibytes) ? mebibytes : 16);

    /// <summary>More than all buffers between two processes hold: 64 MiB, or as much as that variable says.</summary>
    private static readonly int s_slowPieces = Math.Max(s_pieces, 64 * 16);

    [Theory]
    [MemberData(nameof(Carriers.All), MemberType = typeof(Carriers))]
    public async Task Chunks_AreReadAndWritten(string carrier)
    {
        await using var server = await TestServer.Start(carrier, static app => app.MapPost("/", static async context =>
        {
            var buffer = new byte[7];
            while (await context.Request.Body.ReadAsync(buffer) is > 0 and var count)
            {
                await context.Response.Body.WriteAsync(buffer.AsMemory(0, count));
                await context.Response.Body.FlushAsync();
            }
        }));
        using var client = await server.Connect();
        await client.Send("POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n");
        foreach (var chunk in (string[])["a", "bcd", new string('e', 5000), "f"])
            await client.Send($"{chunk.Length:X}\r\n{chunk}\r\n");
        await client.Send("0\r\n\r\n");

        var response = await client.ReadResponse();

        Assert.Equal("chunked", response.Headers["Transfer-Encoding"]);
        Assert.Equal($"abcd{new string('e', 5000)}f", response.Body);
    }

    [Theory]
    [MemberData(nameof(Carriers.All), MemberType = typeof(Carriers))]
    public async Task LargeBody_Up_ArrivesWhole(string carrier)
    {
        await using var server = await TestServer.Start(
            carrier,
            static app => app.MapPost("/", static async (HttpRequest request) => Convert.ToHexString(await SHA256.HashDataAsync(request.Body))),
            new() { Kestrel = static options => options.Limits.MaxRequestBodySize = null });
        using var client = server.Client();
        using var content = new GeneratedContent();

        using var response = await client.PostAsync("/", content);

        Assert.Equal(GeneratedContent.Hash(), await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [MemberData(nameof(Carriers.All), MemberType = typeof(Carriers))]
    public async Task LargeBody_Down_ArrivesWhole(string carrier)
    {
        await using var server = await TestServer.Start(carrier, static app => app.MapGet("/", static async context =>
        {
            for (var i = 0; i < s_pieces; i++)
                await context.Response.Body.WriteAsync(GeneratedContent.PieceAt(i));
        }));
        using var client = server.Client();

        await using var body = await client.GetStreamAsync("/");

        Assert.Equal(GeneratedContent.Hash(), Convert.ToHexString(await SHA256.HashDataAsync(body)));
    }

    [Theory]
    [MemberData(nameof(Carriers.All), MemberType = typeof(Carriers))]
    public async Task SlowReader_HoldsTheWriterBack(string carrier)
    {
        var (total, sent) = ((long)s_slowPieces * Piece, 0);
        var stalled = new TaskCompletionSource();
        await using var server = await TestServer.Start(carrier, app => app.MapGet("/{name}", async (string name, HttpContext context) =>
        {
            if (name == "other")
                return;

            context.Response.ContentLength = total;
            for (; sent < s_slowPieces; sent++)
            {
                context.Response.BodyWriter.Write(GeneratedContent.PieceAt(sent).Span);
                var flushed = context.Response.BodyWriter.FlushAsync();
                if (!flushed.IsCompleted)
                    stalled.TrySetResult();
                await flushed;
            }
        }));
        using var client = await server.Connect(receiveBuffer: 64 * 1024);
        await client.Get("/large");
        await stalled.Task.Guarded();

        // It waits while nobody reads, however many turns of the loop go by, and what waits in the server is little.
        using var other = server.Client();
        for (var i = 0; i < 300; i++)
            await other.GetStringAsync("/other");
        Assert.True(sent < s_slowPieces / 2);
        if (server.Pools() is [var pool])
            Assert.True(pool.Rented * LoopMemoryPool.BlockSize < 4 * 1024 * 1024);

        // Then it gets everything, as it was written.
        var head = await client.ReadHead();
        Assert.StartsWith("HTTP/1.1 200", head);
        Assert.Equal(GeneratedContent.Hash(s_slowPieces), await client.ReadHash(total));
    }

    [Theory]
    [MemberData(nameof(Carriers.All), MemberType = typeof(Carriers))]
    public async Task BodyThatNobodyReads_HoldsTheClientBack(string carrier)
    {
        const int total = 64 * 1024 * 1024;
        var gate = new TaskCompletionSource();
        await using var server = await TestServer.Start(
            carrier,
            app => app.MapPost("/", async (HttpRequest request) =>
            {
                await gate.Task;
                var buffer = new byte[Piece];
                var sum = 0L;
                while (await request.Body.ReadAsync(buffer) is > 0 and var count)
                    sum += count;
                return sum;
            }),
            new() { Kestrel = static options => options.Limits.MaxRequestBodySize = null });
        using var client = await server.Connect();
        await client.Send($"POST / HTTP/1.1\r\nHost: test\r\nContent-Length: {total}\r\n\r\n");
        client.Socket.Blocking = false;
        var sent = 0;
        using var guard = new CancellationTokenSource(TestTime.Guard);
        while (!server.Log.Entries.Any(static entry => entry.Event == "ConnectionPause") || CanSend())
        {
            sent += client.Socket.Send(new byte[Math.Min(Piece, total - sent)], SocketFlags.None, out var error);
            Assert.True(error is SocketError.Success or SocketError.WouldBlock);
            Assert.True(sent < total, "The server took everything.");
            guard.Token.ThrowIfCancellationRequested();
        }

        gate.SetResult();
        client.Socket.Blocking = true;
        while (sent < total)
        {
            var count = Math.Min(Piece, total - sent);
            await client.Send(new byte[count]);
            sent += count;
        }

        Assert.Equal($"{total}", (await client.ReadResponse()).Body);
        Assert.Contains(server.Log.Entries, static entry => entry.Event == "ConnectionResume");

        bool CanSend() => client.Socket.Poll(0, SelectMode.SelectWrite);
    }

    /// <summary>A body that is made while it is sent.</summary>
    private sealed class GeneratedContent : HttpContent
    {
        private static readonly byte[] s_piece = [.. Enumerable.Range(0, Piece + 256).Select(static i => (byte)(i * 31 % 251))];

        /// <summary>Each piece begins at another place of the pattern.</summary>
        public static ReadOnlyMemory<byte> PieceAt(int index) => s_piece.AsMemory(index % 256, Piece);

        public static string Hash() => Hash(s_pieces);

        public static string Hash(int pieces)
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            for (var i = 0; i < pieces; i++)
                hash.AppendData(PieceAt(i).Span);
            return Convert.ToHexString(hash.GetHashAndReset());
        }

        protected override async Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context)
        {
            for (var i = 0; i < s_pieces; i++)
                await stream.WriteAsync(PieceAt(i));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = (long)s_pieces * Piece;
            return true;
        }
    }
}
