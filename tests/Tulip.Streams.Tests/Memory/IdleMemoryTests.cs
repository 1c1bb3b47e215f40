namespace Tulip.Streams.Tests.Memory;

/// <summary>What a connection costs while nothing happens on it. Alone on the machine.</summary>
[Collection(nameof(AloneOnTheMachine))]
public sealed class IdleMemoryTests(ITestOutputHelper output)
{
    private const int Connections = 10_000;

#if DEBUG
    private const string? WhyNot = "Objects are larger in Debug builds; run the tests in Release.";
#else
    private const string? WhyNot = null;
#endif

    [Fact(Skip = WhyNot)]
    public void IdleConnection_ReaderWriterAndClientTask_TakesLittle() => LoopTest.Run(async () =>
    {
        var transports = new SilentTransport[Connections];
        var protocols = new StreamReaderProtocol[Connections];
        await Accept(transports, protocols, 100); // makes pools and lists
        var before = Settled();
        await Accept(transports, protocols, Connections);
        var each = (Settled() - before) / (double)Connections;
        output.WriteLine($"{each:0} bytes for an idle connection, without its transport");
        Assert.InRange(each, 100, 560);

        // Bytes come and go: once they are read, no buffer stays.
        foreach (var protocol in protocols)
            protocol.DataReceived(new byte[2000]);
        await LoopTest.Passes(3);
        each = (Settled() - before) / (double)Connections;
        output.WriteLine($"{each:0} bytes once each has received and read 2,000");
        Assert.InRange(each, 100, 600);

        foreach (var protocol in protocols)
            protocol.ConnectionLost(null);
        await LoopTest.Passes(3);
    });

    private static async Coroutine Accept(SilentTransport[] transports, StreamReaderProtocol[] protocols, int count)
    {
        for (var i = 0; i < count; i++)
        {
            protocols[i]?.ConnectionLost(null);
            transports[i] = new SilentTransport();
            protocols[i] = new StreamReaderProtocol(new AsyncStreamReader(GetRunningLoop()), s_echo);
            transports[i].SetProtocol(protocols[i]);
            protocols[i].ConnectionMade(transports[i]);
        }

        await LoopTest.Passes(3);
    }

    private static readonly Func<AsyncStreamReader, AsyncStreamWriter, Coroutine> s_echo = static async (reader, writer) =>
    {
        while (await reader.ReadLent() is { IsEmpty: false } data)
        {
            writer.Write(data.Span);
            await writer.Drain();
        }

        writer.Close();
    };

    private static long Settled()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
