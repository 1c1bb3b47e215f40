using System.Net;
using System.Net.Sockets;

namespace Tulip.Engines.Tests.Conformance;

/// <summary>What every engine over a real machine promises of waking, of disposal and of sockets of .NET's.</summary>
public abstract class WakeConformance : CancelConformance
{
    [Fact]
    public void Wake_BeforeTheWait_EndsItAtOnce()
    {
        Engine.Wake();
        WaitForever();
    }

    [Fact]
    public async Task Wake_FromAnotherThread_EndsTheWait()
    {
        var engine = Engine;
        for (var i = 0; i < 200; i++)
        {
            var waker = Task.Run(engine.Wake, TestContext.Current.CancellationToken);
            WaitForever();
            await waker;
        }
    }

    [Fact]
    public void Wake_ManyThreadsManyTimes_IsNeverLost()
    {
        var posted = 0;
        var engine = Engine;
        var threads = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            for (var i = 0; i < 2_000; i++)
            {
                Interlocked.Increment(ref posted);
                engine.Wake();
            }
        })).ToArray();
        foreach (var thread in threads)
            thread.Start();

        // Each wait must end as long as something was posted after the last look.
        for (var seen = 0; seen < 8_000; seen = Volatile.Read(ref posted))
            WaitForever();
        foreach (var thread in threads)
            thread.Join();
    }

    [Fact]
    public void Wake_AfterDisposal_IsHarmless()
    {
        var (engine, _) = CreateOrSkip();
        engine.Dispose();
        engine.Wake();
        engine.Dispose();
    }

    [Fact]
    public void Dispose_OperationsInFlight_ClosesEverything()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Skip("Descriptors are counted where /proc is.");

        for (var i = 0; i < 3; i++)
            UseAndDispose();
        var before = DescriptorCount();
        for (var i = 0; i < 30; i++)
            UseAndDispose();

        // The runtime opens some of its own; a leak here would be hundreds.
        Assert.InRange(DescriptorCount(), 0, before + 25);
    }

    [Fact]
    public void Adopt_ConnectedSocket_IsTheEnginesAndTheGivenOneIsGone()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        using var peer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        peer.Connect(listener.LocalEndPoint!);
        var accepted = listener.Accept();
        var handle = Engine.Sockets.Adopt(accepted);
        accepted.Dispose();

        var receive = Driver.Receive(handle);
        peer.Send("hello"u8);
        Driver.PumpUntil(() => receive.Received.Length == 5, "the bytes");
        Engine.Close(handle);
        Driver.PumpUntilEnded(receive);
        Driver.PumpUntilQuiet();
        peer.ReceiveTimeout = (int)EngineDriver.Guard.TotalMilliseconds;
        Assert.Equal(0, peer.Receive(new byte[1]));
    }

    [Fact]
    public void Export_Connection_GoesOnInAnotherEngine()
    {
        var (client, server) = Driver.ConnectedPair();
        var (engine, advance) = CreateOrSkip();
        using var other = new EngineDriver(engine, advance);
        var socket = Engine.Sockets.Export(server);
        Engine.Close(server);
        var moved = engine.Sockets.Adopt(socket);

        var receive = other.Receive(moved);
        Driver.Send(client, "hello"u8.ToArray());
        Driver.PumpUntilQuiet();
        other.PumpUntil(() => receive.Received.Length == 5, "the bytes");
        var answer = Driver.Receive(client);
        engine.Close(moved);
        other.PumpUntilQuiet();
        Driver.PumpUntilEnded(answer);
        Assert.Equal(0, answer.Result);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Borrow_Listener_OutlivesTheEngine(bool closes)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        for (var turn = 0; turn < 3; turn++)
        {
            var (engine, advance) = CreateOrSkip();
            using var driver = new EngineDriver(engine, advance);
            var handle = engine.Sockets.Borrow(listener);
            var accept = driver.Accept(handle);
            driver.PumpUntilEnded(driver.Connect(driver.OpenClient(), listener.LocalEndPoint!));
            driver.PumpUntil(() => accept.Accepted.Count == 1, "the connection");
            driver.PumpUntilQuiet();
            if (!closes)
                continue;

            engine.Close(handle);
            driver.PumpUntilEnded(accept);
            Assert.Equal(-IoError.Canceled, accept.Result);
        }

        // Nobody is left who would take it.
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        client.Connect(listener.LocalEndPoint!);
        listener.Blocking = true;
        Assert.True(listener.Poll(EngineDriver.Guard, SelectMode.SelectRead), "Somebody else has accepted it.");
        using var accepted = listener.Accept();
        Assert.Equal(client.LocalEndPoint, accepted.RemoteEndPoint);
    }

    private static int DescriptorCount() => Directory.GetFileSystemEntries("/proc/self/fd").Length;

    private void UseAndDispose()
    {
        var (engine, advance) = CreateOrSkip();
        using var driver = new EngineDriver(engine, advance);
        var (listener, _) = driver.Listen();
        driver.Accept(listener);
        var (client, server) = driver.ConnectedPair();
        driver.Receive(client);
        driver.Receive(server);
        var bytes = new byte[8 * 1024 * 1024];
        driver.Send(client, bytes);
        driver.Pump();
    }

    /// <summary>A wait that only a wake can end; hangs, and fails by the run's own time limit, if it is lost.</summary>
    private void WaitForever() => Engine.SubmitAndWait(new IoCompletion[4], (long)EngineDriver.Guard.TotalSeconds * 1_000_000_000);
}
