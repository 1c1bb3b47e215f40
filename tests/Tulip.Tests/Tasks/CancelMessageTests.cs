namespace Tulip.Tests;

public sealed class CancelMessageTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("enough")]
    public void Message_GivenToCancel_ReachesTheTaskAndItsAwaiter(string? message) => LoopTest.Run(async () =>
    {
        string? inside = "unset";
        async Coroutine Work()
        {
            try
            {
                await Sleep(10);
            }
            catch (CancelledException cancelled)
            {
                inside = cancelled.CancelMessage;
                throw;
            }
        }

        var expected = message is "" ? null : message;
        var task = CreateTask(Work());
        await Sleep(0);
        task.Cancel(message);
        var outside = await Expect.Cancelled(async () => await task);
        Assert.Equal((expected, expected), (inside, outside.CancelMessage));
    });

    [Fact]
    public void Message_ThroughAChainOfTasks_IsKept() => LoopTest.Run(async () =>
    {
        static async Coroutine Level(int n)
        {
            if (n == 0)
                await new Future<int>();
            else
                await CreateTask(Level(n - 1));
        }

        var task = CreateTask(Level(4));
        await LoopTest.Passes(6);
        task.Cancel("from the top");
        Assert.Equal("from the top", (await Expect.Cancelled(async () => await task)).CancelMessage);
    });

    [Fact]
    public void Exception_AwaitedFirst_IsTheOriginalWithItsTrace() => LoopTest.Run(async () =>
    {
        CancelledException? original = null;
        async Coroutine InTheDepth()
        {
            try
            {
                await Sleep(10);
            }
            catch (CancelledException cancelled)
            {
                original = cancelled;
                throw;
            }
        }

        var task = CreateTask(InTheDepth());
        await Sleep(0);
        task.Cancel("why");
        var first = await Expect.Cancelled(async () => await task);
        Assert.Same(original, first);
        Assert.Contains(nameof(InTheDepth), first.StackTrace, StringComparison.Ordinal);

        // Given out once, as in asyncio: later awaiters get one of their own, without the message.
        var second = await Expect.Cancelled(async () => await task);
        Assert.NotSame(first, second);
        Assert.Null(second.CancelMessage);
    });

    [Fact]
    public void Message_OfTheFirstOfTwoCancelsOfASleeper_Wins() => LoopTest.Run(async () =>
    {
        var task = CreateTask(Sleep(10));
        await Sleep(0);
        task.Cancel("first");
        task.Cancel("second");
        Assert.Equal("first", (await Expect.Cancelled(async () => await task)).CancelMessage);
    });

    [Fact]
    public void Message_OfTheLastCancelBeforeTheFirstStep_Wins() => LoopTest.Run(async () =>
    {
        var task = CreateTask(Sleep(10));
        task.Cancel("first");
        task.Cancel("second");
        Assert.Equal("second", (await Expect.Cancelled(async () => await task)).CancelMessage);
    });
}
