namespace Tulip.Structure.Tests.Sync;

public sealed class BarrierTests
{
    [Fact]
    public void Wait_FullBarrier_LetsAllGoWithNumbersOfTheirOwn_AndAgain() => LoopTest.Run(async () =>
    {
        var barrier = new AsyncBarrier(3);
        for (var round = 0; round < 2; round++)
        {
            var numbers = await Gather(barrier.Wait(), barrier.Wait(), barrier.Wait());
            Assert.Equal([0, 1, 2], new[] { numbers.First, numbers.Second, numbers.Third }.Order());
            Assert.Equal(0, barrier.NWaiting);
        }
    });

    [Fact]
    public void Wait_OneOfThoseWhoFillItCancelled_OnlyLeaves() => LoopTest.Run(async () =>
    {
        var barrier = new AsyncBarrier(3);
        var tasks = Enumerable.Range(0, 2).Select(_ => CreateTask(barrier.Wait())).ToArray();
        await Sleep(1);
        Assert.Equal(2, barrier.NWaiting);
        tasks[0].Cancel();
        await Sleep(1);
        Assert.Equal(1, barrier.NWaiting);
        Assert.False(barrier.Broken);
        await Gather(barrier.Wait(), barrier.Wait());
        Assert.True(tasks[1].Done);
    });

    [Fact]
    public void Wait_WhileTheBarrierEmpties_WaitsForTheNextRound() => LoopTest.Run(async () =>
    {
        var barrier = new AsyncBarrier(2);
        var first = Enumerable.Range(0, 2).Select(_ => CreateTask(barrier.Wait())).ToArray();
        await LoopTest.Passes(1);
        var late = CreateTask(barrier.Wait());
        await Wait(first);
        await Sleep(1);
        Assert.False(late.Done);
        Assert.Equal(1, barrier.NWaiting);
        await barrier.Wait();
        await late;
    });

    [Fact]
    public void Reset_SendsTheWaitingAway_AndTheBarrierIsAsNew() => LoopTest.Run(async () =>
    {
        var barrier = new AsyncBarrier(3);
        var waiting = CreateTask(barrier.Wait());
        await Sleep(1);
        await barrier.Reset();
        await Expect.Throws<BrokenBarrierException>(async () => await waiting);
        Assert.False(barrier.Broken);
        Assert.Equal(0, barrier.NWaiting);
        await Gather(barrier.Wait(), barrier.Wait(), barrier.Wait());
        await barrier.Reset();
        Assert.False(barrier.Broken);
    });

    [Fact]
    public void Abort_BreaksItForAll_UntilItIsReset() => LoopTest.Run(async () =>
    {
        var barrier = new AsyncBarrier(2);
        var waiting = CreateTask(barrier.Wait());
        await Sleep(1);
        await barrier.Abort();
        await Expect.Throws<BrokenBarrierException>(async () => await waiting);
        await Expect.Throws<BrokenBarrierException>(async () => await barrier.Wait());
        Assert.True(barrier.Broken);
        Assert.Equal(0, barrier.NWaiting);
        await barrier.Reset();
        await Gather(barrier.Wait(), barrier.Wait());
    });

    [Fact]
    public void Barrier_OfOne_NeverWaits_AndOfNone_IsRefused() => LoopTest.Run(async () =>
    {
        Assert.Equal(0, await new AsyncBarrier(1).Wait());
        Assert.Throws<ArgumentOutOfRangeException>(() => new AsyncBarrier(0));
    });
}
