using System.Net.Sockets;
using System.Security.Cryptography;
using Tulip.Engines.Uring;

namespace Tulip.Engines.Tests.Uring;

/// <summary>What sends cost, and that they are made whether or not anything else happens.</summary>
public sealed class UringSendTests : IDisposable
{
    private const long Forever = -1;

    private readonly UringEngine _engine = UringHere.Create();
    private readonly EngineDriver _driver;

    public UringSendTests() => _driver = new EngineDriver(_engine);

    public void Dispose()
    {
        Assert.Equal(0, _engine.Port.Statistics.Stale);
        _driver.Dispose();
    }

    [Fact]
    public void Wait_NothingToDo_MakesNoSystemCall()
    {
        var (_, server) = _driver.ConnectedPair();
        var receive = _driver.Receive(server);
        _driver.PumpUntilQuiet();
        var before = _engine.Port.Statistics.Enters;
        for (var i = 0; i < 100; i++)
            Assert.Equal(0, _driver.Pump());

        Assert.Equal(before, _engine.Port.Statistics.Enters);
        Assert.False(receive.HasEnded);
    }

    [Fact]
    public void Send_Quiet_IsMadeAndAnsweredWithinOneWait() => OwnThread.Run(() =>
    {
        var pairs = Enumerable.Range(0, 20).Select(_ => _driver.ConnectedPair()).ToArray();
        var receives = pairs.Select(pair => _driver.Receive(pair.Server)).ToArray();
        _driver.PumpUntilQuiet();
        var before = _engine.Port.Statistics.Enters;
        var sends = pairs.Select(pair => Send(pair.Client, "hello"u8.ToArray(), isQuiet: true)).ToArray();
        var completions = new IoCompletion[64];
        var count = _engine.SubmitAndWait(completions, Forever);

        Assert.Equal(before + 1, _engine.Port.Statistics.Enters);
        Note(completions.AsSpan(0, count));
        Assert.All(sends, send => Assert.Equal(5, send.Result));
        Assert.Contains(receives, receive => receive.Received.Length == 5);
    });

    [Fact]
    public void Send_SomebodyWaitsForIt_EndsTheWait() => OwnThread.Run(() =>
    {
        var (client, _) = _driver.ConnectedPair();
        var send = Send(client, "hello"u8.ToArray(), isQuiet: false);
        var completions = new IoCompletion[64];
        Note(completions.AsSpan(0, _engine.SubmitAndWait(completions, Forever)));

        Assert.Equal(5, send.Result);
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Send_PeerReadsOnlyLater_GoesOnThoughNothingElseHappens(bool isGathered) => OwnThread.Run(() =>
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        listener.ReceiveBufferSize = 64 * 1024;
        listener.Listen();
        var client = _driver.OpenClient();
        _engine.Sockets.SetOption(client, IoSocketOption.SendBuffer, 16 * 1024);
        var connect = _driver.Connect(client, listener.LocalEndPoint!);
        _driver.PumpUntilEnded(connect);
        using var peer = listener.Accept();
        var bytes = Bytes.Random(1024 * 1024);
        using var mayRead = new ManualResetEventSlim();
        byte[]? hash = null;
        var reader = new Thread(() => hash = ReadAll(peer, bytes.Length, mayRead));
        reader.Start();

        // Quiet sends, waits without an end: a send that found no room must end the wait by itself.
        var completions = new IoCompletion[64];
        for (var sent = 0; sent < bytes.Length;)
        {
            var rest = bytes.AsMemory(sent);
            var send = isGathered ? SendSegments(client, rest) : Send(client, rest, isQuiet: true);
            while (!send.HasEnded)
            {
                if (_engine.Port.Statistics.Blocked > 0)
                    mayRead.Set();
                Note(completions.AsSpan(0, _engine.SubmitAndWait(completions, Forever)));
            }

            Assert.InRange(send.Result, 1, bytes.Length - sent);
            sent += send.Result;
        }

        Assert.True(reader.Join(EngineDriver.Guard));
        Assert.Equal(SHA256.HashData(bytes), hash);
        Assert.True(_engine.Port.Statistics.Blocked > 0);
    });

    [Fact]
    public void Send_QuietAndHoldingWhatReceivesNeed_EndsTheWait() => OwnThread.Run(() =>
    {
        using var engine = UringHere.Create(new UringOptions { BufferSize = 64 * 1024, LeastBufferMemory = 64 * 1024, MostBufferMemory = 64 * 1024 });
        using var driver = new EngineDriver(engine);
        var (client, server) = driver.ConnectedPair();
        var receive = driver.Receive(server);
        receive.HoldsLeases = true;
        driver.Send(client, Bytes.Random(128 * 1024));
        driver.PumpUntil(() => engine.Port.Statistics.Starved > 0, "a receive without a buffer");
        driver.PumpUntilQuiet();
        var echo = driver.Submit(new IoRequest { Opcode = IoOpcode.Send, Handle = server, Buffer = new byte[100], IsQuiet = true });
        var completions = new IoCompletion[64];
        foreach (ref readonly var completion in completions.AsSpan(0, engine.SubmitAndWait(completions, Forever)))
            ((Operation)completion.State!).Note(engine, completion);

        Assert.True(echo.HasEnded);
    });

    private static byte[] ReadAll(Socket peer, int length, ManualResetEventSlim mayRead)
    {
        mayRead.Wait(EngineDriver.Guard);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[64 * 1024];
        while (length > 0)
        {
            var count = peer.Receive(buffer);
            if (count == 0)
                break;
            hash.AppendData(buffer, 0, count);
            length -= count;
        }

        return hash.GetHashAndReset();
    }

    private Operation Send(IoHandle handle, ReadOnlyMemory<byte> bytes, bool isQuiet)
        => _driver.Submit(new IoRequest { Opcode = IoOpcode.Send, Handle = handle, Buffer = bytes, IsQuiet = isQuiet });

    private Operation SendSegments(IoHandle handle, ReadOnlyMemory<byte> bytes)
    {
        var half = bytes.Length / 2;
        ReadOnlyMemory<byte>[] segments = half > 0 ? [bytes[..half], bytes[half..]] : [bytes];
        return _driver.Submit(new IoRequest { Opcode = IoOpcode.Send, Handle = handle, Segments = segments, IsQuiet = true });
    }

    private void Note(ReadOnlySpan<IoCompletion> completions)
    {
        foreach (ref readonly var completion in completions)
            ((Operation)completion.State!).Note(_engine, completion);
    }
}
