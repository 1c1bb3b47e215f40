using System.Net;
using System.Net.Sockets;

namespace Tulip.Engines.Tests;

/// <summary>A loop for tests: it pumps an engine and hands completions to their operations.</summary>
/// <param name="engine">The engine under test; disposed with the driver.</param>
/// <param name="advance">Moves a simulated engine's time on when nothing came; null for real ones.</param>
internal sealed class EngineDriver(IIoEngine engine, Action? advance = null) : IDisposable
{
    /// <summary>How long a test may wait for what must come: a guard, not a measure.</summary>
    public static readonly TimeSpan Guard = TimeSpan.FromSeconds(120);

    public IIoEngine Engine => engine;

    /// <summary>How many completions the engine may deliver at once.</summary>
    public int BatchSize { get; set; } = 64;

    public Operation Submit(IoRequest request)
    {
        var operation = new Operation(request);
        request.State = operation;
        operation.Token = engine.Submit(request, out var result);
        if (operation.Token.IsNone)
            operation.End(result);
        return operation;
    }

    public Operation Accept(IoHandle listener) => Submit(new IoRequest { Opcode = IoOpcode.Accept, Handle = listener });

    public Operation Receive(IoHandle handle) => Submit(new IoRequest { Opcode = IoOpcode.Receive, Handle = handle });

    public Operation Send(IoHandle handle, ReadOnlyMemory<byte> bytes)
        => Submit(new IoRequest { Opcode = IoOpcode.Send, Handle = handle, Buffer = bytes });

    public Operation Connect(IoHandle handle, EndPoint address)
        => Submit(new IoRequest { Opcode = IoOpcode.Connect, Handle = handle, Address = address });

    public Operation ReceiveFrom(IoHandle handle) => Submit(new IoRequest { Opcode = IoOpcode.ReceiveFrom, Handle = handle });

    /// <summary>Sends datagrams to an address, or to the connected peer, by one request.</summary>
    public Operation SendTo(IoHandle handle, EndPoint? address, params ReadOnlySpan<byte[]> datagrams)
    {
        var pairs = new List<ReadOnlyMemory<byte>>();
        foreach (var datagram in datagrams)
        {
            var bytes = new byte[IoAddress.Capacity];
            pairs.Add(bytes.AsMemory(0, address is null ? 0 : IoAddress.Write(address, bytes)));
            pairs.Add(datagram);
        }

        return Submit(new IoRequest { Opcode = IoOpcode.SendTo, Handle = handle, Segments = pairs.ToArray() });
    }

    /// <summary>A datagram socket with an address.</summary>
    public (IoHandle Handle, EndPoint Address) Bind(IPAddress? address = null)
    {
        address ??= IPAddress.Loopback;
        var handle = engine.Sockets.Open(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        engine.Sockets.Bind(handle, new IPEndPoint(address, 0));
        return (handle, engine.Sockets.LocalEndPoint(handle)!);
    }

    public Operation Poll(IoHandle handle, bool forWriting)
        => Submit(new IoRequest { Opcode = IoOpcode.Poll, Handle = handle, ForWriting = forWriting });

    /// <summary>One call of the engine that does not block.</summary>
    public int Pump() => Pump(0);

    /// <summary>Pumps until the condition holds.</summary>
    public void PumpUntil(Func<bool> condition, string what)
    {
        var deadline = DateTime.UtcNow + Guard;
        while (!condition())
        {
            Assert.True(DateTime.UtcNow < deadline, $"It never came: {what}.");
            if (Pump(advance is null ? 20_000_000 : 0) == 0)
                advance?.Invoke();
        }
    }

    /// <summary>Pumps until nothing has come for a while: whatever the kernel had to say is said.</summary>
    public void PumpUntilQuiet()
    {
        for (var quiet = 0; quiet < 3;)
        {
            if (Pump(advance is null ? 2_000_000 : 0) > 0)
                quiet = 0;
            else
                quiet++;
            advance?.Invoke();
        }
    }

    public void PumpUntilEnded(params ReadOnlySpan<Operation> operations)
    {
        foreach (var operation in operations)
            PumpUntil(() => operation.HasEnded, $"the end of {operation.Request.Opcode}");
    }

    /// <summary>A listener on the loopback address, and its address.</summary>
    public (IoHandle Handle, EndPoint Address) Listen(int backlog = 128)
    {
        var listener = engine.Sockets.Open(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        engine.Sockets.Bind(listener, new IPEndPoint(IPAddress.Loopback, 0));
        engine.Sockets.Listen(listener, backlog);
        return (listener, engine.Sockets.LocalEndPoint(listener)!);
    }

    public IoHandle OpenClient() => engine.Sockets.Open(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    /// <summary>Two ends of a connection; the listener is closed again.</summary>
    public (IoHandle Client, IoHandle Server) ConnectedPair(int sendBuffer = 0)
    {
        var (listener, address) = Listen();
        var accept = Accept(listener);
        var client = OpenClient();
        if (sendBuffer > 0)
            engine.Sockets.SetOption(client, IoSocketOption.SendBuffer, sendBuffer);
        var connect = Connect(client, address);
        PumpUntilEnded(connect);
        Assert.Equal(0, connect.Result);
        PumpUntil(() => accept.Accepted.Count == 1, "the accepted connection");
        engine.Close(listener);
        PumpUntilEnded(accept);
        return (client, accept.Accepted[0]);
    }

    /// <summary>Sends everything, piece by piece as the kernel takes it; returns the first error or 0.</summary>
    public int SendAll(IoHandle handle, ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var send = Send(handle, bytes);
            PumpUntilEnded(send);
            if (send.Result < 0)
                return send.Result;

            Assert.InRange(send.Result, 1, bytes.Length);
            bytes = bytes[send.Result..];
        }

        return 0;
    }

    public void Dispose() => engine.Dispose();

    private int Pump(long timeoutNanoseconds)
    {
        var completions = new IoCompletion[BatchSize];
        var count = engine.SubmitAndWait(completions, timeoutNanoseconds);
        foreach (ref readonly var completion in completions.AsSpan(0, count))
            ((Operation)completion.State!).Note(engine, completion);
        return count;
    }
}
