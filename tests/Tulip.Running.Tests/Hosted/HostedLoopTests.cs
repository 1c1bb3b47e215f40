using System.Net;
using Tulip.Engines;

namespace Tulip.Running.Tests.Hosted;

/// <summary>What runs, and when, in a host that calls only when the test says so.</summary>
public sealed class HostedLoopTests
{
    private static readonly AsyncLocal<string?> s_local = new();

    public static TheoryData<string> Engines => [.. EngineSelector.Names];

    [Fact]
    public void Run_Outcome_ComesWhenTheHostHasCalled()
    {
        var host = new ManualHost();
        using var hosted = New(host);
        host.CallAll();
        var job = hosted.Run(static () => Sleep(0, 42));
        Assert.False(job.IsCompleted);
        host.CallAll();
        Assert.Equal(42, job.WaitGuarded());
        Assert.Equal(0, host.Waiting);
    }

    [Fact]
    public void NothingToDo_NothingIsPostedAndNoPassMade()
    {
        var host = new ManualHost();
        using var hosted = New(host);
        var job = hosted.Run(static async () => await new Future<Unit>());
        host.CallAll();
        var passes = hosted.Loop.Passes;
        Assert.False(host.CallNext());
        Assert.Equal(passes, hosted.Loop.Passes);
        Assert.False(job.IsCompleted);
    }

    [Fact]
    public void ManyPosts_OneCallOfTheHostIsOutstanding()
    {
        var host = new ManualHost();
        using var hosted = New(host);
        host.CallAll();
        var sum = 0;
        for (var i = 0; i < 100; i++)
            hosted.Loop.CallSoonThreadsafe(() => sum++);
        Assert.Equal(1, host.Waiting);
        host.CallAll();
        Assert.Equal(100, sum);
    }

    [Fact]
    public void BusyTask_TheHostsOwnCallsComeInBetween()
    {
        var host = new ManualHost();
        using var hosted = New(host);
        var turns = 0;
        var stop = false;
        var job = hosted.Run(async () =>
        {
            while (!stop)
            {
                turns++;
                await Sleep(0);
            }
        });
        var seen = new List<int>();
        for (var i = 0; i < 5; i++)
        {
            host.Post(() => seen.Add(turns));
            host.CallNext();
            host.CallNext();
        }

        Assert.Equal(5, seen.Count);
        Assert.True(turns is > 0 and < 10);
        stop = true;
        host.CallAll();
        job.WaitGuarded();
    }

    [Fact]
    public void LongPass_IsCutIntoSeveralCalls_InOrder()
    {
        var host = new ManualHost();
        using var hosted = new HostedEventLoop(host, new HostedLoopOptions { TimeProvider = host, SecondsPerPost = 1e-9 });
        host.CallNext();
        var order = new List<int>();
        for (var i = 0; i < 100; i++)
        {
            var number = i;
            hosted.Loop.CallSoonThreadsafe(() =>
            {
                order.Add(number);
                if (number == 0)
                    GetRunningLoop().CallSoon(() => order.Add(1000));
            });
        }

        // However short the time is, each call goes on by a few entries.
        var passes = hosted.Loop.Passes;
        Assert.InRange(host.CallAll(), 3, 100);
        Assert.Equal([.. Enumerable.Range(0, 100), 1000], order);
        Assert.Equal(passes + 2, hosted.Loop.Passes);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Timers_AreTheHostsOrDotNets_AndNeverEarly(bool hostHasTimers)
    {
        var host = new ManualHost { HasTimers = hostHasTimers };
        using var hosted = New(host);
        var job = hosted.Run(async () =>
        {
            await Sleep(2);
            return GetRunningLoop().Time;
        });
        host.CallAll();
        host.Advance(1.9);
        host.CallAll();
        Assert.False(job.IsCompleted);
        host.Advance(0.2);
        host.CallAll();
        Assert.Equal(2.1, job.WaitGuarded());
        if (hostHasTimers)
            Assert.Equal([TimeSpan.FromSeconds(2)], host.Delays);
    }

    [Fact]
    public void Timers_AnEarlierDeadline_WakesEarlier()
    {
        var host = new ManualHost { HasTimers = true };
        using var hosted = New(host);
        var order = new List<int>();
        hosted.Run(async () =>
        {
            await Sleep(10);
            order.Add(10);
        });
        host.CallAll();
        hosted.Run(async () =>
        {
            await Sleep(1);
            order.Add(1);
        });
        host.CallAll();
        host.Advance(1);
        host.CallAll();
        Assert.Equal([1], order);
        host.Advance(9);
        host.CallAll();
        Assert.Equal([1, 10], order);
    }

    /// <summary>On a busy machine time goes by between two looks at the clock.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Timers_DeadlineThatPassesWhileItIsSet_IsDueAtOnce(int milliseconds)
    {
        var host = new ManualHost();
        using var hosted = new HostedEventLoop(host, new HostedLoopOptions { TimeProvider = new HurryingTime(milliseconds) });
        var job = hosted.Run(static async () =>
        {
            for (var i = 1; i < 20; i++)
                await Sleep(i * 0.001);
        });
        host.CallUntil(() => job.IsCompleted);
        job.WaitGuarded();
    }

    [Fact]
    public void Timers_OfTheHost_AreAskedForMoreThanNothing()
    {
        var host = new ManualHost { HasTimers = true };
        using var hosted = new HostedEventLoop(host, new HostedLoopOptions { TimeProvider = new HurryingTime(3) });
        var job = hosted.Run(static async () =>
        {
            for (var i = 1; i < 20; i++)
                await Sleep(i * 0.001);
        });
        host.CallUntil(() =>
        {
            host.Advance(0.01);
            return job.IsCompleted;
        });
        job.WaitGuarded();
        Assert.NotEmpty(host.Delays);
        Assert.All(host.Delays, static delay => Assert.True(delay > TimeSpan.Zero));
    }

    [Fact]
    public void Timers_AHostThatCallsWhileItIsAsked_LosesNoDeadline()
    {
        var host = new ManualHost { HasTimers = true, CallsTooSoon = true };
        using var hosted = New(host);
        var job = hosted.Run(() => Sleep(2, 8));
        for (var i = 0; i < 5; i++)
            host.CallNext();
        Assert.False(job.IsCompleted);
        host.CallsTooSoon = false;
        host.CallAll();
        host.Advance(2);
        host.CallAll();
        Assert.Equal(8, job.WaitGuarded());
    }

    [Fact]
    public void VirtualTime_GoesOnAsTheHostCalls()
    {
        var host = new ManualHost();
        using var hosted = new HostedEventLoop(host, new HostedLoopOptions { LoopFactory = static () => new EventLoop(new VirtualClock()) });
        var job = hosted.Run(async () =>
        {
            await Sleep(3600);
            return GetRunningLoop().Time;
        });
        host.CallAll();
        Assert.Equal(3600, job.WaitGuarded());
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Sockets_AreWaitedForByAnotherThread(string engine)
    {
        var host = new ManualHost();
        using var hosted = NewWith(engine, host);
        var job = hosted.Run(async () =>
        {
            var server = await StartServer(Echo, "127.0.0.1", 0);
            var (reader, writer) = await OpenConnection("127.0.0.1", ((IPEndPoint)server.LocalEndPoints[0]).Port);
            var answer = 0;
            for (var i = 0; i < 50; i++)
            {
                writer.Write(new byte[1000]);
                answer += (await reader.ReadExactly(1000)).Length;
            }

            writer.Close();
            await writer.WaitClosed();
            await server.DisposeAsync();
            return answer;
        });
        host.CallUntil(() => job.IsCompleted);
        Assert.Equal(50_000, job.WaitGuarded());

        static async Coroutine Echo(AsyncStreamReader reader, AsyncStreamWriter writer)
        {
            while (await reader.Read(4096) is { Length: > 0 } data)
                writer.Write(data);
            writer.Close();
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void IdleConnection_CostsTheHostNothing(string engine)
    {
        var host = new ManualHost();
        using var hosted = NewWith(engine, host);
        AsyncStreamReader? reader = null;
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var job = hosted.Run(async () =>
        {
            (reader, var writer) = await OpenConnection("127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port);
            var line = await reader.ReadLine();
            writer.Close();
            return line.Length;
        });
        host.CallUntil(() => reader is not null);
        using var peer = listener.AcceptTcpClient();

        // A pass may still be on its way, on a busy machine for long; after it the host has peace, until something comes.
        SpinWait.SpinUntil(() => host.CallAll() > 0, 50);
        var passes = hosted.Loop.Passes;
        Assert.InRange(host.Waiting, 0, 1);
        peer.GetStream().Write("hello\n"u8);
        host.CallUntil(() => job.IsCompleted);
        Assert.Equal(6, job.WaitGuarded());
        Assert.InRange(hosted.Loop.Passes - passes, 1, 20);
    }

    [Fact]
    public void Tasks_RunWithTheirOwnContext_NotThatOfWhoeverPosts()
    {
        var host = new ManualHost();
        s_local.Value = "maker's";
        using var hosted = New(host);
        s_local.Value = "caller's";
        var job = hosted.Run(static async () =>
        {
            var first = s_local.Value;
            await Sleep(0);
            return (first, s_local.Value);
        });
        s_local.Value = "host's";
        host.CallAll();
        Assert.Equal(("caller's", "caller's"), job.WaitGuarded());
        string? inCallback = null;
        hosted.Run(async () =>
        {
            var loop = GetRunningLoop();
            await new Future<Unit>(loop);
        });
        host.CallAll();
        hosted.Loop.CallSoonThreadsafe(() => inCallback = s_local.Value);
        host.CallAll();
        Assert.Equal("host's", inCallback);
        Assert.Equal("host's", s_local.Value);
    }

    [Fact]
    public void BetweenPasses_TheHostsCodeIsNotTheLoops()
    {
        var host = new ManualHost();
        using var hosted = New(host);
        host.CallAll();
        Assert.Throws<InvalidOperationException>(static () => GetRunningLoop());
        Assert.Throws<InvalidOperationException>(() => { hosted.Loop.CallSoon(static () => { }); });
        Assert.Throws<InvalidOperationException>(() => hosted.Loop.Close());
        Assert.Throws<InvalidOperationException>(() => hosted.Loop.RunForever());
        Assert.Equal(5, Aio.Run(Sleep(0, 5)));
    }

    [Fact]
    public void Engine_ThatCannotBeWaitedForElsewhere_IsRefused()
    {
        var refused = Assert.Throws<NotSupportedException>(
            () => new HostedEventLoop(new ManualHost(), new HostedLoopOptions { LoopFactory = static () => new EventLoop(engine: new BreakableEngine()) }));
        Assert.Contains("epoll, io_uring or portable", refused.Message);
    }

    private static HostedEventLoop NewWith(string name, ManualHost host)
    {
        try
        {
            var engine = EngineSelector.Create(name);
            return new HostedEventLoop(host, new HostedLoopOptions { LoopFactory = () => new EventLoop(engine: engine) });
        }
        catch (PlatformNotSupportedException exception)
        {
            Assert.Skip(exception.Message);
            throw;
        }
    }

    private static HostedEventLoop New(ManualHost host) => new(host, new HostedLoopOptions { TimeProvider = host });

    /// <summary>Time that goes on with each look at it; timers are the machine's.</summary>
    private sealed class HurryingTime(int milliseconds) : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => Interlocked.Add(ref _now, milliseconds);
    }
}
