namespace Tulip;

/// <summary>Channels between tasks, with two ends that can be closed and cloned (<c>open_memory_channel</c> in trio, <c>create_memory_object_stream</c> in anyio).</summary>
/// <remarks>
/// <para>Unlike a queue, a channel ends: when every <see cref="SendChannel{T}"/> is closed, receivers get what is left and
/// then the end; when every <see cref="ReceiveChannel{T}"/> is closed, senders are told so. Give each task a clone of its
/// own and let it close it: <c>using (channel) { … }</c>.</para>
/// <para>Both directions are first come, first served.</para>
/// <threadsafety>Any thread; the channels themselves belong to one loop.</threadsafety>
/// </remarks>
public static class MemoryChannel
{
    /// <summary>A new channel: its two ends.</summary>
    /// <param name="maxBuffer">How many items may be sent before one is received; 0 makes each sender wait until its item
    /// is received, <see cref="int.MaxValue"/> stands for no limit.</param>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxBuffer"/> is negative.</exception>
    public static (SendChannel<T> Sender, ReceiveChannel<T> Receiver) Open<T>(int maxBuffer)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxBuffer);
        var core = new ChannelCore<T>(maxBuffer);
        return (new SendChannel<T>(core), new ReceiveChannel<T>(core));
    }
}

/// <summary>A channel at one moment: what <c>Statistics</c> gives.</summary>
/// <param name="CurrentBufferUsed">How many items are in it.</param>
/// <param name="MaxBuffer">How many it is to hold at the most.</param>
/// <param name="OpenSendChannels">How many senders, clones included, are open.</param>
/// <param name="OpenReceiveChannels">How many receivers, clones included, are open.</param>
/// <param name="TasksWaitingSend">How many tasks wait for their item to be taken.</param>
/// <param name="TasksWaitingReceive">How many tasks wait for an item.</param>
/// <remarks><threadsafety>Any thread.</threadsafety></remarks>
public sealed record MemoryChannelStatistics(
    int CurrentBufferUsed, int MaxBuffer, int OpenSendChannels, int OpenReceiveChannels, int TasksWaitingSend, int TasksWaitingReceive);
