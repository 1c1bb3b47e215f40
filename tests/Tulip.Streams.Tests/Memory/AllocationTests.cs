namespace Tulip.Streams.Tests.Memory;

/// <summary>A message that passes through streams allocates nothing, whether its reader waited for it or not. Alone on the machine.</summary>
[Collection(nameof(AloneOnTheMachine))]
public sealed class AllocationTests
{
    private const int Warm = 3000;
    private const int Measured = 10_000;

#if DEBUG
    private const string? WhyNot = "State machines are classes in Debug builds; run the tests in Release.";
#else
    private const string? WhyNot = null;
#endif

    private static readonly byte[] s_message = "a message of some length\n"u8.ToArray();

    public static TheoryData<string> Ways => ["lent", "into", "line lent"];

    [Theory(Skip = WhyNot)]
    [MemberData(nameof(Ways))]
    public void ReadAndDrain_WaitingForEachMessage_AllocatesNothing(string way) => LoopTest.Run(async () =>
    {
        var (reader, writer, _) = SilentTransport.Connect();
        var client = CreateTask(Consume(reader, writer, way));
        await Feed(reader, Warm);
        var before = GC.GetAllocatedBytesForCurrentThread();
        await Feed(reader, Measured);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        reader.FeedEof();
        Assert.Equal(Warm + Measured, await client / s_message.Length);
    });

    [Theory(Skip = WhyNot)]
    [MemberData(nameof(Ways))]
    public void Read_DataThere_AllocatesNothing(string way) => LoopTest.Run(async () =>
    {
        var (reader, _, _) = SilentTransport.Connect();
        var memory = new byte[256];
        await ReadThere(reader, way, memory, Warm);
        var before = GC.GetAllocatedBytesForCurrentThread();
        await ReadThere(reader, way, memory, Measured);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    });

    [Fact(Skip = WhyNot)]
    public void Drain_WaitingEachTime_AllocatesNothing() => LoopTest.Run(async () =>
    {
        var (_, writer, transport) = SilentTransport.Connect();
        var stop = false;
        var writes = CreateTask(Writes());
        await ResumeAgainAndAgain(Warm);
        var before = GC.GetAllocatedBytesForCurrentThread();
        await ResumeAgainAndAgain(Measured);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        stop = true;
        await ResumeAgainAndAgain(1);
        await writes;

        async Coroutine Writes()
        {
            while (!stop)
            {
                transport.GetProtocol().PauseWriting();
                await writer.Drain();
            }
        }

        async Coroutine ResumeAgainAndAgain(int count)
        {
            for (var i = 0; i < count; i++)
            {
                await Sleep(0);
                transport.GetProtocol().ResumeWriting();
                await Sleep(0);
            }
        }
    });

    private static async Coroutine Feed(AsyncStreamReader reader, int count)
    {
        for (var i = 0; i < count; i++)
        {
            reader.FeedData(s_message);
            await Sleep(0);
            await Sleep(0);
        }
    }

    private static async Coroutine<int> Consume(AsyncStreamReader reader, AsyncStreamWriter writer, string way)
    {
        var memory = new byte[256];
        var total = 0;
        while (true)
        {
            var count = way switch
            {
                "lent" => (await reader.ReadLent()).Length,
                "into" => await reader.ReadInto(memory),
                _ => (await reader.ReadLineLent()).Length,
            };
            if (count == 0)
                return total;
            total += count;
            writer.Write(memory.AsSpan(0, count));
            await writer.Drain();
        }
    }

    private static async Coroutine ReadThere(AsyncStreamReader reader, string way, Memory<byte> memory, int count)
    {
        for (var i = 0; i < count; i++)
        {
            reader.FeedData(s_message);
            var length = way switch
            {
                "lent" => (await reader.ReadLent()).Length,
                "into" => await reader.ReadInto(memory),
                _ => (await reader.ReadLineLent()).Length,
            };
            if (length != s_message.Length)
                throw new InvalidOperationException($"{length} bytes");
        }
    }
}

/// <summary>Nothing else runs meanwhile: the collector's counts are the process's.</summary>
[CollectionDefinition(nameof(AloneOnTheMachine), DisableParallelization = true)]
public sealed class AloneOnTheMachine;
