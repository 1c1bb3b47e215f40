using Tulip.Engines.Uring;

namespace Tulip.Engines.Tests.Uring;

/// <summary>A ring belongs to a thread: what moves, what does not, and how it ends.</summary>
public sealed class UringThreadTests
{
    [Fact]
    public void Wait_OnAnotherThreadWithNothingInFlight_GoesOnThere()
    {
        using var engine = UringHere.Create();
        using var driver = new EngineDriver(engine);
        IoHandle client = default, server = default;
        for (var i = 0; i < 5; i++)
        {
            OwnThread.Run(() =>
            {
                (client, server) = driver.ConnectedPair();
                var receive = driver.Receive(server);
                Assert.Equal(0, driver.SendAll(client, "here"u8.ToArray()));
                driver.PumpUntil(() => receive.Received.Length == 4, "the bytes");
                engine.Cancel(receive.Token);
                driver.PumpUntilEnded(receive);
            });
            OwnThread.Run(() =>
            {
                var receive = driver.Receive(server);
                driver.SendAll(client, "there"u8.ToArray());
                driver.PumpUntil(() => receive.Received.Length == 5, "the bytes");
                engine.Close(client);
                driver.PumpUntilEnded(receive);
            });
        }

        Assert.Equal(9, engine.Port.Statistics.Moves);
    }

    [Fact]
    public void Wait_LeasesAreOutAndTheThreadChanges_KeepsTheBytes()
    {
        using var engine = UringHere.Create();
        using var driver = new EngineDriver(engine);
        Operation held = null!;
        OwnThread.Run(() =>
        {
            var (client, server) = driver.ConnectedPair();
            held = driver.Receive(server);
            held.HoldsLeases = true;
            driver.SendAll(client, "kept"u8.ToArray());
            driver.PumpUntil(() => held.Held == 1, "the bytes");
            engine.Close(client);
            driver.PumpUntilEnded(held);
        });
        OwnThread.Run(() =>
        {
            var (client, server) = driver.ConnectedPair();
            var other = driver.Receive(server);
            driver.SendAll(client, Bytes.Random(100_000));
            driver.PumpUntil(() => other.Received.Length == 100_000, "the bytes");
        });
        held.ReturnAll(engine);
        Assert.Equal("kept"u8.ToArray(), held.Received.ToArray());
    }

    [Fact]
    public void Wait_OnAnotherThreadWithOperationsInFlight_SaysWhatToDo()
    {
        using var engine = UringHere.Create();
        using var driver = new EngineDriver(engine);
        OwnThread.Run(() =>
        {
            var (_, server) = driver.ConnectedPair();
            driver.Receive(server);
            driver.Pump();
        });
        var thrown = Assert.Throws<InvalidOperationException>(() => driver.Pump());
        Assert.Contains("TULIP_ENGINE=epoll", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Submit_OnOneThreadAndWaitOnAnother_Works()
    {
        using var engine = UringHere.Create();
        using var driver = new EngineDriver(engine);
        var (listener, address) = driver.Listen();
        var accept = driver.Accept(listener);
        OwnThread.Run(() =>
        {
            var connect = driver.Connect(driver.OpenClient(), address);
            driver.PumpUntilEnded(connect);
            driver.PumpUntil(() => accept.Accepted.Count == 1, "the connection");
            engine.Close(listener);
            driver.PumpUntilEnded(accept);
        });
    }

    [Fact]
    public void Dispose_OperationsOfAThreadThatHasEnded_ClosesEverything()
    {
        for (var i = 0; i < 3; i++)
            UseAndDispose(endFirst: true);
        var before = DescriptorCount();
        for (var i = 0; i < 30; i++)
            UseAndDispose(endFirst: true);
        Assert.InRange(DescriptorCount(), 0, before + 25);
    }

    [Fact]
    public void Dispose_OperationsOfAThreadThatGoesOn_ClosesEverything()
    {
        for (var i = 0; i < 3; i++)
            UseAndDispose(endFirst: false);
        var before = DescriptorCount();
        for (var i = 0; i < 30; i++)
            UseAndDispose(endFirst: false);
        Assert.InRange(DescriptorCount(), 0, before + 25);
    }

    [Fact]
    public void Dispose_HereWithOperationsInFlight_WaitsForTheKernel()
    {
        var engine = UringHere.Create();
        using var driver = new EngineDriver(engine);
        for (var i = 0; i < 20; i++)
        {
            var (client, server) = driver.ConnectedPair();
            driver.Receive(client);
            driver.Receive(server);
            driver.Send(client, Bytes.Random(1024 * 1024));
        }

        driver.Pump();
        engine.Dispose();
        Assert.False(engine.HasPending);
        Assert.Equal(0, engine.Port.Buffers.Memory);
    }

    private static int DescriptorCount() => Directory.GetFileSystemEntries("/proc/self/fd").Length;

    private static void UseAndDispose(bool endFirst)
    {
        var engine = UringHere.Create();
        using var mayEnd = new ManualResetEventSlim(endFirst);
        using var isUsed = new ManualResetEventSlim();
        var thread = new Thread(() =>
        {
            var driver = new EngineDriver(engine);
            var (listener, _) = driver.Listen();
            driver.Accept(listener);
            var (client, server) = driver.ConnectedPair();
            driver.Receive(client);
            driver.Receive(server);
            driver.Send(client, new byte[1024 * 1024]);
            driver.Pump();
            isUsed.Set();
            mayEnd.Wait();
        });
        thread.Start();
        Assert.True(isUsed.Wait(EngineDriver.Guard));
        if (endFirst)
            thread.Join();
        engine.Dispose();
        mayEnd.Set();
        thread.Join();
    }
}
