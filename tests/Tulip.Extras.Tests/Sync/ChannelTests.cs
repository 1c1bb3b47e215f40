using Tulip.Extras.Tests.Support;
using static Tulip.Aio;

namespace Tulip.Extras.Tests.Sync;

public sealed class ChannelTests
{
    private readonly List<string> _log = [];

    [Fact]
    public void Send_WithRoom_DoesNotWait() => Virtual.Run(async () =>
    {
        var (sender, receiver) = MemoryChannel.Open<int>(2);
        StartSoon(Note("others"));
        await sender.Send(1);
        await sender.Send(2);
        Assert.Empty(_log);
        Assert.Equal(1, await receiver.Receive());
        Assert.Equal(2, await receiver.Receive());
    });

    [Fact]
    public void Send_WithoutRoom_WaitsUntilAnItemIsReceived() => Virtual.Run(async () =>
    {
        var (sender, receiver) = MemoryChannel.Open<int>(1);
        await sender.Send(1);
        var second = CreateTask(Log("sent 2", sender.Send(2)));
        await Sleep(1);
        Assert.Empty(_log);
        Assert.Equal(1, await receiver.Receive());
        await second;
        Assert.Equal(2, receiver.ReceiveNoWait());
    });

    [Fact]
    public void Send_Rendezvous_WaitsForTheReceiver() => Virtual.Run(async () =>
    {
        var (sender, receiver) = MemoryChannel.Open<int>(0);
        var sending = CreateTask(Log("sent", sender.Send(1)));
        await Sleep(1);
        Assert.Empty(_log);
        Assert.Equal(1, await receiver.Receive());
        await sending;
        Assert.Equal(["sent"], _log);
    });

    [Fact]
    public void Send_ToAReceiverThatWaits_HandsTheItemOver() => Virtual.Run(async () =>
    {
        var (sender, receiver) = MemoryChannel.Open<int>(0);
        var receiving = CreateTask(receiver.Receive());
        await Sleep(0);
        await sender.Send(7);

        // It is this receiver's already: a newcomer cannot take it.
        Assert.Throws<WouldBlockException>(() => receiver.ReceiveNoWait());
        Assert.Equal(7, await receiving);
    });

    [Fact]
    public void Receive_SeveralWait_FirstComeFirstServed() => Virtual.Run(async () =>
    {
        var (sender, receiver) = MemoryChannel.Open<int>(10);
        var tasks = Enumerable.Range(0, 3).Select(_ => CreateTask(receiver.Receive())).ToArray();
        await Sleep(1);
        foreach (var item in new[] { 1, 2, 3 })
            sender.SendNoWait(item);
        var items = await Gather<int>(tasks);
        Assert.Equal([1, 2, 3], items);
    });

    [Fact]
    public void Send_SeveralWait_FirstComeFirstServed() => Virtual.Run(async () =>
    {
        var (sender, receiver) = MemoryChannel.Open<int>(1);
        foreach (var item in new[] { 1, 2, 3, 4 })
            StartSoon(sender.Send(item));
        await Sleep(1);
        for (var expected = 1; expected <= 4; expected++)
        {
            Assert.Equal(new MemoryChannelStatistics(1, 1, 1, 1, 4 - expected, 0), receiver.Statistics);
            Assert.Equal(expected, receiver.ReceiveNoWait());
        }

        Assert.Throws<WouldBlockException>(() => receiver.ReceiveNoWait());
        await Sleep(0);
    });

    [Fact]
    public void SendNoWait_WhileSendersWait_DoesNotOvertakeThem() => Virtual.Run(async () =>
    {
        var (sender, receiver) = MemoryChannel.Open<int>(1);
        sender.SendNoWait(1);
        StartSoon(sender.Send(2));
        await Sleep(1);
        Assert.Equal(1, receiver.ReceiveNoWait());
        Assert.Throws<WouldBlockException>(() => sender.SendNoWait(3));
        Assert.Equal(2, receiver.ReceiveNoWait());
    });

    [Fact]
    public void NoWait_WithNothingToDo_Throws() => Virtual.Run(async () =>
    {
        var (sender, receiver) = MemoryChannel.Open<int>(0);
        Assert.Throws<WouldBlockException>(() => sender.SendNoWait(1));
        Assert.Throws<WouldBlockException>(() => receiver.ReceiveNoWait());
        await Sleep(0);
    });

    [Fact]
    public void Open_WithoutALimit_NeverWaits() => Virtual.Run(async () =>
    {
        var (sender, receiver) = MemoryChannel.Open<int>(int.MaxValue);
        for (var i = 0; i < 10_000; i++)
            sender.SendNoWait(i);
        Assert.Equal(10_000, receiver.Statistics.CurrentBufferUsed);
        await Sleep(0);
    });

    [Fact]
    public void Open_NegativeBuffer_IsRefused()
        => Assert.Throws<ArgumentOutOfRangeException>(() => MemoryChannel.Open<int>(-1));

    [Fact]
    public void AwaitForeach_GivesAllItems_AndEndsWithTheLastSender() => Virtual.Run(async () =>
    {
        var (sender, receiver) = MemoryChannel.Open<int>(0);
        StartSoon(Produce(sender.Clone(), 1, 2));
        StartSoon(Produce(sender.Clone(), 10, 20));
        sender.Close();
        var items = new List<int>();
        await foreach (var item in receiver)
            items.Add(item);
        Assert.Equal([1, 2, 10, 20], items);

        static async Coroutine Produce(SendChannel<int> sender, params int[] items)
        {
            using (sender)
            {
                foreach (var item in items)
                    await sender.Send(item);
            }
        }
    });

    [Fact]
    public void Statistics_CountWhatIsThere() => Virtual.RunCarelessly(async () =>
    {
        var (sender, receiver) = MemoryChannel.Open<int>(1);
        using var other = sender.Clone();
        Assert.Equal(new MemoryChannelStatistics(0, 1, 2, 1, 0, 0), sender.Statistics);
        var receiving = CreateTask(receiver.Receive());
        await Sleep(0);
        Assert.Equal(new MemoryChannelStatistics(0, 1, 2, 1, 0, 1), receiver.Statistics);
        for (var i = 0; i < 3; i++)
            StartSoon(other.Send(i));
        await Sleep(1);
        Assert.True(receiving.Done);
        Assert.Equal(new MemoryChannelStatistics(1, 1, 2, 1, 1, 0), receiver.Statistics);
        Assert.Equal("<SendChannel open of <MemoryChannel 1/1 senders=2 receivers=1>>", sender.ToString());
        receiver.Close();
        await Sleep(0);
        Assert.Equal("<ReceiveChannel closed of <MemoryChannel 0/1 senders=2 receivers=0>>", receiver.ToString());
    });

    [Fact]
    public void Receive_InASecondLoop_IsRefused()
    {
        var (_, receiver) = MemoryChannel.Open<int>(0);
        Virtual.Run(async () => await Outcome.Throws<TimeoutException, int>(WaitFor(receiver.Receive(), 1)));
        Virtual.Run(async () =>
        {
            var failure = await Outcome.Throws<InvalidOperationException, int>(receiver.Receive());
            Assert.Contains("different event loop", failure.Message);
        });
    }

    private async Coroutine Log(string entry, Coroutine coroutine)
    {
        await coroutine;
        _log.Add(entry);
    }

    private async Coroutine Note(string entry)
    {
        await Sleep(0);
        _log.Add(entry);
    }
}
