using Tulip.Extras.Tests.Support;
using static Tulip.Aio;

namespace Tulip.Extras.Tests.Sync;

public sealed class ChannelCancelTests
{
    [Fact]
    public void Receive_CancelledWhileItWaits_TakesNothing() => Virtual.Run(async () =>
    {
        var (sender, receiver) = MemoryChannel.Open<int>(0);
        var first = CreateTask(receiver.Receive());
        var second = CreateTask(receiver.Receive());
        await Sleep(1);
        first.Cancel();
        sender.SendNoWait(1);
        Assert.Equal(1, await second);
        Assert.True(first.Cancelled);
        Assert.Equal(0, receiver.Statistics.TasksWaitingReceive);
    });

    [Fact]
    public void Receive_CancelledInTheMomentOfTheHandOver_NextOneHasTheItem() => Virtual.Run(async () =>
    {
        var (sender, receiver) = MemoryChannel.Open<int>(0);
        var first = CreateTask(receiver.Receive());
        var second = CreateTask(receiver.Receive());
        await Sleep(1);
        sender.SendNoWait(1);
        first.Cancel();
        Assert.Equal(1, await second);
        Assert.True(first.Cancelled);
    });

    [Fact]
    public void Receive_CancelledInTheMomentOfTheHandOver_NobodyWaits_ItemIsAtTheFrontAgain() => Virtual.Run(async () =>
    {
        var (sender, receiver) = MemoryChannel.Open<int>(1);
        var receiving = CreateTask(receiver.Receive());
        await Sleep(1);
        sender.SendNoWait(1);
        sender.SendNoWait(2);
        receiving.Cancel();
        await Outcome.Throws<CancelledException, int>(Await(receiving));

        // More than its maximum for as long as it takes to receive one.
        Assert.Equal(2, receiver.Statistics.CurrentBufferUsed);
        Assert.Throws<WouldBlockException>(() => sender.SendNoWait(3));
        Assert.Equal(1, receiver.ReceiveNoWait());
        Assert.Throws<WouldBlockException>(() => sender.SendNoWait(3));
        Assert.Equal(2, receiver.ReceiveNoWait());
        sender.SendNoWait(3);
    });

    [Fact]
    public void Receive_SeveralCancelledInTheMomentOfTheHandOver_ItemsKeepTheirOrder() => Virtual.Run(async () =>
    {
        var (sender, receiver) = MemoryChannel.Open<int>(0);
        var tasks = Enumerable.Range(0, 3).Select(_ => CreateTask(receiver.Receive())).ToArray();
        await Sleep(1);
        for (var item = 1; item <= 3; item++)
            sender.SendNoWait(item);
        foreach (var task in tasks)
            task.Cancel();
        await Wait(tasks);
        Assert.Equal([1, 2, 3], new[] { receiver.ReceiveNoWait(), receiver.ReceiveNoWait(), receiver.ReceiveNoWait() });
    });

    [Fact]
    public void Receive_CancelledInTheMomentOfTheHandOver_SecondOneToldOfTheEndHasTheItem() => Virtual.Run(async () =>
    {
        var (sender, receiver) = MemoryChannel.Open<int>(0);
        var first = CreateTask(receiver.Receive());
        var second = CreateTask(receiver.Receive());
        await Sleep(1);
        sender.SendNoWait(1);
        sender.Close();
        first.Cancel();
        Assert.Equal(1, await second);
    });

    [Fact]
    public void Receive_CancelledInTheMomentOfTheHandOver_AllReceiversClosed_ItemIsDropped() => Virtual.Run(async () =>
    {
        var (sender, receiver) = MemoryChannel.Open<int>(0);
        var receiving = CreateTask(receiver.Receive());
        await Sleep(1);
        sender.SendNoWait(1);
        receiving.Cancel();
        receiver.Close();
        await Outcome.Throws<CancelledException, int>(Await(receiving));
        Assert.Equal(0, sender.Statistics.CurrentBufferUsed);
    });

    [Fact]
    public void Send_CancelledWhileItWaits_HasSentNothing() => Virtual.Run(async () =>
    {
        var (sender, receiver) = MemoryChannel.Open<int>(0);
        var first = CreateTask(sender.Send(1));
        var second = CreateTask(sender.Send(2));
        await Sleep(1);
        first.Cancel();
        Assert.Equal(2, await receiver.Receive());
        await second;
        Assert.True(first.Cancelled);
        Assert.Equal(0, sender.Statistics.TasksWaitingSend);
    });

    [Fact]
    public void Send_CancelledInTheMomentTheItemIsTaken_HasSentIt_AndTheNextAwaitThrows() => Virtual.Run(async () =>
    {
        var (sender, receiver) = MemoryChannel.Open<int>(0);
        var sent = false;
        var sending = CreateTask(Send());
        await Sleep(1);
        Assert.Equal(1, receiver.ReceiveNoWait());
        sending.Cancel("enough");
        var cancelled = await Outcome.Throws<CancelledException, Unit>(Await(sending));
        Assert.Equal("enough", cancelled.CancelMessage);
        Assert.True(sent);
        Assert.Equal(1, sending.Cancelling);

        async Coroutine Send()
        {
            await sender.Send(1);
            sent = true;
            await Sleep(1);
            Assert.Fail("The cancel was lost.");
        }
    });

    [Fact]
    public void Send_CancelledInTheMomentTheItemIsTaken_AtTheTasksEnd_TheTaskIsCancelled() => Virtual.Run(async () =>
    {
        var (sender, receiver) = MemoryChannel.Open<int>(0);
        var sending = CreateTask(sender.Send(1));
        await Sleep(1);
        Assert.Equal(1, receiver.ReceiveNoWait());
        sending.Cancel();
        await Outcome.Throws<CancelledException, Unit>(Await(sending));
    });

    [Fact]
    public void Send_TimedOutInTheMomentTheItemIsTaken_IsSent() => Virtual.Run(async () =>
    {
        var (sender, receiver) = MemoryChannel.Open<int>(0);
        GetRunningLoop().CallLater(1, () => Assert.Equal(1, receiver.ReceiveNoWait()));
        await WaitFor(sender.Send(1), 1);
        Assert.Equal(0, CurrentTask()!.Cancelling);
        await Sleep(1);
    });

    [Fact]
    public void Receive_TimedOutInTheMomentOfTheHandOver_TimesOut_AndTheItemIsThere() => Virtual.Run(async () =>
    {
        var (sender, receiver) = MemoryChannel.Open<int>(0);
        GetRunningLoop().CallLater(1, () => sender.SendNoWait(1));
        await Outcome.Throws<TimeoutException, int>(WaitFor(receiver.Receive(), 1));
        Assert.Equal(1, receiver.ReceiveNoWait());
    });

    [Fact]
    public void Receive_ScopeCancelledInTheMomentOfTheHandOver_HasTheItem() => Virtual.Run(async () =>
    {
        var (sender, receiver) = MemoryChannel.Open<int>(0);
        var item = 0;
        GetRunningLoop().CallLater(1, () => sender.SendNoWait(1));
        var scope = await MoveOnAfter(1, async _ => { item = await receiver.Receive(); });
        Assert.Equal(1, item);
        Assert.False(scope.CancelledCaught);
    });

    [Fact]
    public void Receive_InAScopeThatIsCancelled_TakesNothing() => Virtual.Run(async () =>
    {
        var (sender, receiver) = MemoryChannel.Open<int>(1);
        Assert.True((await MoveOnAfter(1, async _ => { await receiver.Receive(); })).CancelledCaught);
        Assert.Equal(0, receiver.Statistics.TasksWaitingReceive);
        sender.SendNoWait(1);
        Assert.Equal(1, receiver.ReceiveNoWait());
    });

    private static async Coroutine<T> Await<T>(Future<T> future) => await future;
}
