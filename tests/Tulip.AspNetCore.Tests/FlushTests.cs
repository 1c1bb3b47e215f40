using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace Tulip.AspNetCore.Tests;

/// <summary>A connection's writer, as code without HTTP uses it.</summary>
public sealed class FlushTests
{
    [Theory]
    [MemberData(nameof(Carriers.All), MemberType = typeof(Carriers))]
    public async Task Writer_KeepsThePipesContract(string carrier)
    {
        var checks = new TaskCompletionSource<Task>();
        await using var server = await TestServer.Start(carrier, static _ => { }, Raw(async connection =>
        {
            var done = Check(connection.Transport);
            checks.SetResult(done);
            await done;
        }));
        using var client = await server.Connect();
        await client.Send("x");

        Assert.Equal(2_200_000, (await client.ReadToEnd())?.Length);
        await await checks.Task.Guarded();

        static async Task Check(IDuplexPipe transport)
        {
            // Kestrel begins a connection on the thread pool; what waits for input goes on on the loop.
            await CheckWrites(transport.Output);
            await transport.Input.ReadAsync();
            await CheckWrites(transport.Output);
            transport.Output.Complete();
            transport.Output.Complete();
            Assert.Throws<InvalidOperationException>(() => transport.Output.GetMemory());
            Assert.Throws<InvalidOperationException>(() => transport.Output.GetSpan());
        }

        static async Task CheckWrites(PipeWriter output)
        {
            Assert.True(output.CanGetUnflushedBytes);
            Assert.Equal(0, output.UnflushedBytes);
            Assert.InRange(output.GetMemory(100_000).Length, 100_000, int.MaxValue);
            output.Advance(100_000);
            Assert.Equal(100_000, output.UnflushedBytes);
            Assert.NotEqual(0, output.GetSpan().Length);
            output.Advance(0);
            Assert.Throws<ArgumentOutOfRangeException>(() => output.Advance(-1));
            Assert.Throws<ArgumentOutOfRangeException>(() => output.Advance(100_000_000));
            Assert.Throws<ArgumentOutOfRangeException>(() => output.GetMemory(-1));
            await Assert.ThrowsAsync<TaskCanceledException>(async () => await output.FlushAsync(new CancellationToken(canceled: true)));
            await output.FlushAsync();
            Assert.Equal(0, output.UnflushedBytes);
            await output.WriteAsync(new byte[1_000_000]);
            var flush = await output.FlushAsync();
            Assert.False(flush.IsCanceled || flush.IsCompleted);
        }
    }

    [Theory]
    [MemberData(nameof(Carriers.All), MemberType = typeof(Carriers))]
    public async Task CancelPendingFlush_WithoutOne_CancelsTheNextFlushOnly(string carrier)
    {
        var outcome = new TaskCompletionSource<string>();
        await using var server = await TestServer.Start(carrier, static _ => { }, Raw(async connection =>
        {
            // Off the loop.
            await Task.Yield();
            connection.Transport.Output.CancelPendingFlush();
            var first = await connection.Transport.Output.WriteAsync("one"u8.ToArray());
            var second = await connection.Transport.Output.WriteAsync("two"u8.ToArray());
            outcome.SetResult($"{first.IsCanceled} {second.IsCanceled}");
        }));
        using var client = await server.Connect();

        Assert.Equal("True False", await outcome.Task.Guarded());
        Assert.Equal("onetwo", await client.ReadToEnd());
    }

    [Theory]
    [MemberData(nameof(Carriers.Tulip), MemberType = typeof(Carriers))]
    public async Task FlushCancelledByItsToken_LeavesNoTrace(string carrier)
    {
        var outcome = new TaskCompletionSource<string>();
        await using var server = await TestServer.Start(carrier, static _ => { }, Raw(
            connection =>
            {
                var done = new TaskCompletionSource();
                connection.Features.Get<IEventLoopFeature>()!.Loop.CallSoonThreadsafe(async () =>
                {
                    outcome.SetResult(await Cancelled(connection.Transport.Output));
                    done.SetResult();
                });
                return done.Task;
            },
            static options => options.MaxWriteBufferSize = null));
        using var client = await server.Connect();
        await client.ReadExactly(256 * 1024);

        Assert.Equal("cancelled False False", await outcome.Task.Guarded());

        static async Task<string> Cancelled(PipeWriter output)
        {
            using var source = new CancellationTokenSource();
            output.Write(new byte[256 * 1024]);
            var flush = output.FlushAsync(source.Token);

            // The loop's next pass ends the wait, and then hears of the cancel.
            var canceller = new Thread(source.Cancel);
            canceller.Start();
            canceller.Join();
            var text = "";
            try
            {
                await flush;
            }
            catch (OperationCanceledException)
            {
                text = "cancelled";
            }

            for (var i = 0; i < 2; i++)
                text += $" {(await output.WriteAsync("hello"u8.ToArray())).IsCanceled}";
            return text;
        }
    }

    [Theory]
    [MemberData(nameof(Carriers.All), MemberType = typeof(Carriers))]
    public async Task Reset_WhileAnotherThreadWrites_EndsItsWriting(string carrier)
    {
        var (begun, ended) = (0, 0);
        await using var server = await TestServer.Start(carrier, static _ => { }, Raw(async connection =>
        {
            Interlocked.Increment(ref begun);
            var piece = new byte[100 * 1024];
            do
                await Task.Yield();
            while (!(await connection.Transport.Output.WriteAsync(piece)).IsCompleted);
            Interlocked.Increment(ref ended);
        }));
        for (var round = 0; round < 20; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 10).Select(async n =>
            {
                using var client = await server.Connect();
                for (var i = 0; i <= n; i++)
                    await client.ReadSome();
                client.Reset();
            }));
        }

        await TestTime.Until(() => Volatile.Read(ref begun) == Volatile.Read(ref ended), "all had stopped writing");
        foreach (var pool in server.Pools())
            await TestTime.Until(() => pool.Rented == 0, "all memory had come back");
    }

    private static TestServerSetup Raw(Func<ConnectionContext, Task> handler, Action<TulipTransportOptions>? tulip = null)
        => new() { Listen = listen => listen.Run(handler), Tulip = tulip };
}
