using System.Security.Cryptography;
using Tulip.Engines.Uring;

namespace Tulip.Engines.Tests.Uring;

/// <summary>Receiving where buffers run out, much is received, and cancels come at the wrong moment.</summary>
public sealed class UringReceiveTests
{
    private static readonly UringOptions s_gradual = new() { BufferSize = 64 * 1024, LeastBufferMemory = 128 * 1024, MostBufferMemory = 256 * 1024 };
    private static readonly UringOptions s_whole = new() { MayFillGradually = false, WholeBufferSize = 8 * 1024, LeastBufferMemory = 64 * 1024, MostBufferMemory = 256 * 1024 };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Receive_AllBuffersAreLent_GoesOnWhenTheyComeBack(bool gradually)
    {
        using var engine = UringHere.Create(gradually ? s_gradual : s_whole);
        using var driver = new EngineDriver(engine);
        var pairs = Enumerable.Range(0, 4).Select(_ => driver.ConnectedPair()).ToArray();
        var bytes = Bytes.Random(512 * 1024);
        var receives = pairs.Select(pair => driver.Receive(pair.Server)).ToArray();
        foreach (var receive in receives)
            receive.HoldsLeases = true;
        driver.Send(pairs[0].Client, bytes);
        driver.Send(pairs[1].Client, bytes);
        driver.PumpUntil(() => engine.Port.Statistics.Starved > 0, "a receive without a buffer");
        driver.PumpUntilQuiet();
        var starved = engine.Port.Statistics.Starved;
        driver.Send(pairs[2].Client, "third"u8.ToArray());
        driver.PumpUntilQuiet();
        Assert.InRange(engine.Port.Statistics.Starved, starved, starved + 3);
        Assert.InRange(engine.Port.Buffers.Memory, 0, 256 * 1024);
        Assert.Equal(0, receives[2].Held);

        driver.PumpUntil(
            () =>
            {
                if (driver.Pump() == 0)
                {
                    foreach (var receive in receives)
                        receive.ReturnAll(engine);
                }

                return receives[2].Received.Length == 5 && receives[0].Received.Length > 256 * 1024 && receives[1].Received.Length > 256 * 1024;
            },
            "everything");
        Assert.True(bytes.AsSpan(0, (int)receives[0].Received.Length).SequenceEqual(receives[0].Received.ToArray()));
        Assert.True(bytes.AsSpan(0, (int)receives[1].Received.Length).SequenceEqual(receives[1].Received.ToArray()));
        Assert.Equal(0, engine.Port.Statistics.Stale);
    }

    [Fact]
    public void Cancel_ReceiveThatAwaitsABuffer_EndsIt()
    {
        using var engine = UringHere.Create(s_gradual);
        using var driver = new EngineDriver(engine);
        var (client, server) = driver.ConnectedPair();
        var receive = driver.Receive(server);
        receive.HoldsLeases = true;
        driver.Send(client, Bytes.Random(1024 * 1024));
        driver.PumpUntil(() => engine.Port.Statistics.Starved > 0, "a receive without a buffer");
        driver.PumpUntilQuiet();
        engine.Cancel(receive.Token);
        driver.PumpUntilEnded(receive);
        Assert.Equal(-IoError.Canceled, receive.Result);

        // Begun again it loses nothing.
        receive.ReturnAll(engine);
        var next = driver.Receive(server);
        driver.PumpUntil(() => next.Received.Length > 0, "what waited");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Connection_MuchInBothDirections_LosesNothing(bool gradually)
    {
        using var engine = UringHere.Create(gradually ? UringOptions.Default : s_whole);
        using var driver = new EngineDriver(engine);
        var (client, server) = driver.ConnectedPair();
        var bytes = Bytes.Random(64 * 1024 * 1024);
        Operation[] receives = [driver.Receive(client), driver.Receive(server)];
        IoHandle[] handles = [client, server];
        int[] sent = [0, 0];
        var sends = handles.Select(handle => driver.Send(handle, bytes)).ToArray();
        driver.PumpUntil(
            () =>
            {
                for (var i = 0; i < 2; i++)
                {
                    if (!sends[i].HasEnded || sent[i] == bytes.Length)
                        continue;

                    Assert.InRange(sends[i].Result, 1, bytes.Length - sent[i]);
                    sent[i] += sends[i].Result;
                    if (sent[i] < bytes.Length)
                        sends[i] = driver.Send(handles[i], bytes.AsMemory(sent[i]));
                }

                return receives.All(receive => receive.Received.Length == bytes.Length);
            },
            "all bytes");

        var hash = SHA256.HashData(bytes);
        foreach (var receive in receives)
            Assert.Equal(hash, SHA256.HashData(receive.Received.GetBuffer().AsSpan(0, (int)receive.Received.Length)));
        Assert.Equal(0, engine.Port.Statistics.Stale);
    }

    // With small buffers the kernel is often in the middle of many receives, and a cancel does not find the request.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Cancel_WhileTheKernelReceives_AlwaysEnds(bool gradually)
    {
        using var engine = UringHere.Create(gradually ? UringOptions.Default : s_whole with { WholeBufferSize = 1024 });
        using var driver = new EngineDriver(engine);
        driver.BatchSize = 4;
        var random = new Random(1);
        var bytes = Bytes.Random(256 * 1024);
        var (client, server) = driver.ConnectedPair();
        var send = driver.Send(client, bytes);
        for (var round = 0; round < 1_000; round++)
        {
            var receive = driver.Receive(server);
            for (var i = random.Next(4); i > 0; i--)
            {
                driver.Pump();
                if (send.HasEnded)
                    send = driver.Send(client, bytes);
            }

            engine.Cancel(receive.Token);
            driver.PumpUntilEnded(receive);
            Assert.Equal(-IoError.Canceled, receive.Result);
        }

        Assert.Equal(0, engine.Port.Statistics.Stale);
    }
}
