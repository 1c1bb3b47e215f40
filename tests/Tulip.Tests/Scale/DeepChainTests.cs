namespace Tulip.Tests;

/// <summary>Chains of awaits far deeper than a thread's stack.</summary>
public sealed class DeepChainTests
{
    private const int Deep = 100_000;

    [Fact]
    public void Chain_CompletingWithoutSuspending_ReturnsThroughAllLevels() => LoopTest.Run(async () =>
    {
        Assert.Equal(Deep, await Level(Deep));

        static async Coroutine<int> Level(int n) => n == 0 ? 0 : 1 + await Level(n - 1);
    });

    [Fact]
    public void Chain_CompletingAfterASuspension_ReturnsThroughAllLevels() => LoopTest.Run(async () =>
    {
        Assert.Equal(Deep, await Level(Deep));
        Assert.Equal(1.0, GetRunningLoop().Time);

        static async Coroutine<int> Level(int n)
        {
            if (n > 0)
                return 1 + await Level(n - 1);
            await Sleep(1);
            return 0;
        }
    });

    [Fact]
    public void Chain_CompletingAfterADotNetAwait_ReturnsThroughAllLevels() => LoopTest.Run(async () =>
    {
        Assert.Equal(Deep, await Level(Deep));

        static async Coroutine<int> Level(int n)
        {
            if (n > 0)
                return 1 + await Level(n - 1);
            await Task.Run(static () => { });
            return 0;
        }
    });

    [Fact]
    public void Chain_Cancelled_RunsAllFinallyBlocks() => LoopTest.Run(async () =>
    {
        // Not as deep: each level adds a line to the trace of the exception.
        const int Levels = 3000;
        var unwound = 0;
        async Coroutine Level(int n)
        {
            try
            {
                if (n > 0)
                    await Level(n - 1);
                else
                    await Sleep(1000);
            }
            finally
            {
                Assert.Equal(unwound++, n);
            }
        }

        var task = CreateTask(Level(Levels));
        await Sleep(1);
        task.Cancel();
        await Wait([task]);
        Assert.True(task.Cancelled);
        Assert.Equal(Levels + 1, unwound);
    });

    [Fact]
    public void Chain_OfTasks_ReturnsThroughAllLevels() => LoopTest.Run(async () =>
    {
        Assert.Equal(Deep, await Level(Deep));

        static async Coroutine<int> Level(int n) => n == 0 ? 0 : 1 + await CreateTask(Level(n - 1));
    });

    [Fact]
    public void Chain_OfTasksCancelledAtTheTop_ReachesTheBottom() => LoopTest.Run(async () =>
    {
        // A cancel goes down the chain inside Cancel, a call for each level: asyncio's own limit is a thousand.
        const int Levels = 900;
        var bottom = new Future<int>();
        async Coroutine<int> Level(int n) => n == 0 ? await bottom : 1 + await CreateTask(Level(n - 1));
        var task = CreateTask(Level(Levels));
        await LoopTest.Passes(Levels + 2);
        task.Cancel();
        Assert.True(bottom.Cancelled);
        await Wait([task]);
        Assert.True(task.Cancelled);
    });

    [Fact]
    public void Loop_OfManyAwaitsInOneCoroutine_StaysFlat() => LoopTest.Run(async () =>
    {
        var sum = 0;
        for (var i = 0; i < Deep; i++)
            sum += await One();
        Assert.Equal(Deep, sum);

        static async Coroutine<int> One() => 1;
    });
}
