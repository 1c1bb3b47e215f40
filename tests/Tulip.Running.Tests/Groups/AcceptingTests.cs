using System.Net;
using System.Net.Sockets;
using Tulip.Engines;

namespace Tulip.Running.Tests.Groups;

/// <summary>Who accepts when a loop of a group has crashed.</summary>
public sealed class AcceptingTests
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"tulip-{Guid.NewGuid():N}");

    public static TheoryData<string> Engines => [.. EngineSelector.Names.Where(Needs.HasEngine)];

    [Theory]
    [MemberData(nameof(Engines))]
    public void UnixServer_TheAcceptingLoopCrashes_TheNextAccepts(string engine)
    {
        using var test = new TestGroup(3, () => new EventLoop(engine: EngineSelector.Create(engine)));
        var server = test.Group.StartUnixServer(TellThread, _path).WaitGuarded();
        var staying = Connect(9).Where(static pair => pair.Answer == "crew-1").Select(static pair => pair.Client).ToList();
        Assert.Equal(3, staying.Count);

        Crash(test, 0);
        Assert.Equal(["crew-1", "crew-2"], Answers(8));
        Assert.All(staying, static client => Assert.Equal("crew-1", client.Ask("who?")));

        Crash(test, 1);
        Assert.Equal(["crew-2"], Answers(8));
        Assert.True(File.Exists(_path));
        server.Close().WaitGuarded();
        AssertRefused();
    }

    [Fact]
    public void UnixServer_AnotherLoopCrashes_IsHandedNothingMore()
    {
        using var test = new TestGroup(3);
        test.Group.StartUnixServer(TellThread, _path).WaitGuarded();
        Crash(test, 1);
        Assert.Equal(["crew-0", "crew-2"], Answers(9));
    }

    [Fact]
    public void UnixServer_AllLoopsCrash_ClientsAreRefused()
    {
        using var test = new TestGroup(2);
        test.Group.StartUnixServer(TellThread, _path).WaitGuarded();
        Crash(test, 1);
        Crash(test, 0);
        AssertRefused();
    }

    [Fact]
    public void UnixServer_ClientsThatWaitMeanwhile_AreAccepted()
    {
        using var test = new TestGroup(2);
        test.Group.StartUnixServer(TellThread, _path).WaitGuarded();
        using var busy = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        test.Group[1].Loop.CallSoonThreadsafe(() =>
        {
            busy.Set();
            go.Wait();
        });
        Assert.True(busy.Wait(LoopThread.Guard));
        Crash(test, 0);
        var clients = Enumerable.Range(0, 4).Select(_ => Client.To(new UnixDomainSocketEndPoint(_path))).ToList();
        go.Set();
        Assert.All(clients, static client => Assert.Equal("crew-1", client.Ask("who?")));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void UnixServer_TheCrashedLoopIsNotClosedYet_TheNextAccepts(string engine)
    {
        using var test = new TestGroup(2, () => new EventLoop(engine: EngineSelector.Create(engine)));
        test.Group.StartUnixServer(TellThread, _path).WaitGuarded();
        using var ends = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        var loop = test.Group[0].Loop;
        loop.CallSoonThreadsafe(() =>
        {
            loop.Stop();
            loop.CallSoon(() =>
            {
                ends.Set();
                go.Wait(LoopThread.Guard);
            });
        });
        test.Take();
        Assert.True(ends.Wait(LoopThread.Guard));
        try
        {
            Assert.Equal(["crew-1"], Answers(4));
        }
        finally
        {
            go.Set();
        }
    }

    [Fact]
    public void UnixServer_NotServingYet_BeginsOnTheNextLoop()
    {
        using var test = new TestGroup(2);
        var server = test.Group.StartUnixServer(TellThread, _path, options: new ServerOptions { StartServing = false }).WaitGuarded();
        Crash(test, 0);
        Assert.Throws<SocketException>(() => Client.To(new UnixDomainSocketEndPoint(_path)));
        server.StartServing().WaitGuarded();
        Assert.Equal(["crew-1"], Answers(2));
    }

    [Fact]
    public void UnixServer_GroupIsStoppedAfterACrash_ConnectionsEndInOrder()
    {
        using var test = new TestGroup(2);
        test.Group.StartUnixServer(TellThread, _path).WaitGuarded();
        Crash(test, 0);
        var (client, _) = Assert.Single(Connect(1));
        var stop = test.Group.Stop(double.PositiveInfinity);
        Assert.True(SpinWait.SpinUntil(() => !File.Exists(_path), LoopThread.Guard));
        Assert.Equal("crew-1", client.Ask("who?"));
        client.Dispose();
        stop.WaitGuarded();
        AssertRefused();
    }

    [Fact]
    public void TcpServer_ALoopCrashes_TheOthersGetWhatComes()
    {
        using var test = new TestGroup(3);
        var server = test.Group.StartServer(TellThread, "127.0.0.1", 0).WaitGuarded();
        Crash(test, 0);
        var answers = Client.Crowd(server.LocalEndPoints[0], 40).Select(static pair => pair.Answer).Distinct().Order();
        Assert.Equal(["crew-1", "crew-2"], answers);
        server.Close().WaitGuarded();
        Assert.Throws<SocketException>(() => Client.To(server.LocalEndPoints[0]));
    }

    private static void Crash(TestGroup test, int index)
    {
        var member = test.Group[index];
        member.Loop.CallSoonThreadsafe(member.Loop.Stop);
        Assert.StartsWith($"The loop {index} of crew has crashed", test.Take().Message);
        member.Ended.WaitGuarded();
    }

    private static async Coroutine TellThread(AsyncStreamReader reader, AsyncStreamWriter writer)
    {
        await using (writer)
        {
            while (await reader.ReadLine() is { Length: > 0 })
                writer.Write(System.Text.Encoding.ASCII.GetBytes(Thread.CurrentThread.Name + "\n"));
        }
    }

    private List<(Client Client, string Answer)> Connect(int count) => Client.Crowd(new UnixDomainSocketEndPoint(_path), count);

    private string[] Answers(int count)
    {
        var crowd = Connect(count);
        foreach (var (client, _) in crowd)
            client.Dispose();
        return [.. crowd.Select(static pair => pair.Answer).Distinct().Order()];
    }

    private void AssertRefused()
    {
        Assert.Throws<SocketException>(() => Client.To(new UnixDomainSocketEndPoint(_path)));
        Assert.False(File.Exists(_path));
    }
}
