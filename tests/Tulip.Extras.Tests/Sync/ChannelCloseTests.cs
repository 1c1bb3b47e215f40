using Tulip.Extras.Tests.Support;
using static Tulip.Aio;

namespace Tulip.Extras.Tests.Sync;

public sealed class ChannelCloseTests
{
    [Fact]
    public void Receive_AllSendersClosed_GivesWhatIsLeft_ThenTheEnd() => Virtual.Run(async () =>
    {
        var (sender, receiver) = MemoryChannel.Open<int>(5);
        sender.SendNoWait(1);
        sender.Dispose();
        Assert.Equal(1, await receiver.Receive());
        await Outcome.Throws<EndOfChannelException, int>(receiver.Receive());
        Assert.Throws<EndOfChannelException>(() => receiver.ReceiveNoWait());
    });

    [Fact]
    public void Receive_LastSenderClosedMeanwhile_GetsTheEnd() => Virtual.Run(async () =>
    {
        var (sender, receiver) = MemoryChannel.Open<int>(0);
        var clone = sender.Clone();
        var receiving = CreateTask(receiver.Receive());
        await Sleep(1);
        sender.Close();
        await Sleep(1);
        Assert.False(receiving.Done);
        clone.Close();
        await Outcome.Throws<EndOfChannelException, int>(Await(receiving));
    });

    [Fact]
    public void Send_AllReceiversClosed_IsBroken() => Virtual.Run(async () =>
    {
        var (sender, receiver) = MemoryChannel.Open<int>(5);
        var clone = receiver.Clone();
        receiver.Close();
        await sender.Send(1);
        clone.Close();
        await Outcome.Throws<BrokenResourceException>(sender.Send(2));
        Assert.Throws<BrokenResourceException>(() => sender.SendNoWait(2));
        Assert.Equal(0, sender.Statistics.CurrentBufferUsed);
    });

    [Fact]
    public void Send_LastReceiverClosedMeanwhile_IsBroken() => Virtual.Run(async () =>
    {
        var (sender, receiver) = MemoryChannel.Open<int>(0);
        var sending = CreateTask(sender.Send(1));
        await Sleep(1);
        receiver.Close();
        await Outcome.Throws<BrokenResourceException, Unit>(Await(sending));
    });

    [Fact]
    public void Receive_OwnChannelClosedMeanwhile_OnlyItsTasksAreSentAway() => Virtual.Run(async () =>
    {
        var (sender, receiver) = MemoryChannel.Open<int>(0);
        var clone = receiver.Clone();
        var first = CreateTask(receiver.Receive());
        var second = CreateTask(clone.Receive());
        var third = CreateTask(receiver.Receive());
        await Sleep(1);
        receiver.Close();
        Assert.Equal(1, clone.Statistics.TasksWaitingReceive);
        await Outcome.Throws<ClosedResourceException, int>(Await(first));
        await Outcome.Throws<ClosedResourceException, int>(Await(third));
        await sender.Send(1);
        Assert.Equal(1, await second);
    });

    [Fact]
    public void Send_OwnChannelClosedMeanwhile_ItsItemIsNotSent() => Virtual.Run(async () =>
    {
        var (sender, receiver) = MemoryChannel.Open<int>(0);
        var clone = sender.Clone();
        var first = CreateTask(sender.Send(1));
        var second = CreateTask(clone.Send(2));
        await Sleep(1);
        sender.Close();
        await Outcome.Throws<ClosedResourceException, Unit>(Await(first));
        Assert.Equal(2, await receiver.Receive());
        await second;
    });

    [Fact]
    public void Receive_HandedAnItemAndClosedInTheSameMoment_HasTheItem() => Virtual.Run(async () =>
    {
        var (sender, receiver) = MemoryChannel.Open<int>(0);
        var receiving = CreateTask(receiver.Receive());
        await Sleep(1);
        sender.SendNoWait(1);
        receiver.Close();
        sender.Close();
        Assert.Equal(1, await receiving);
    });

    [Fact]
    public void Use_OfAClosedEnd_Throws() => Virtual.Run(async () =>
    {
        var (sender, receiver) = MemoryChannel.Open<int>(1);
        sender.Close();
        sender.Close();
        receiver.Close();
        receiver.Close();
        await Outcome.Throws<ClosedResourceException>(sender.Send(1));
        await Outcome.Throws<ClosedResourceException, int>(receiver.Receive());
        Assert.Throws<ClosedResourceException>(() => sender.SendNoWait(1));
        Assert.Throws<ClosedResourceException>(() => receiver.ReceiveNoWait());
        Assert.Throws<ClosedResourceException>(sender.Clone);
        Assert.Throws<ClosedResourceException>(receiver.Clone);
        Assert.Equal(new MemoryChannelStatistics(0, 1, 0, 0, 0, 0), sender.Statistics);
    });

    [Fact]
    public void AwaitForeach_ChannelClosedMeanwhile_Throws() => Virtual.Run(async () =>
    {
        var (_, receiver) = MemoryChannel.Open<int>(1);
        GetRunningLoop().CallLater(1, receiver.Close);
        await Outcome.Throws<ClosedResourceException>(Enumerate(receiver));

        static async Coroutine Enumerate(ReceiveChannel<int> receiver)
        {
            await foreach (var item in receiver)
                Assert.Fail($"{item}");
        }
    });

    private static async Coroutine<T> Await<T>(Future<T> future) => await future;
}
