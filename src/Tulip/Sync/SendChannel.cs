namespace Tulip;

/// <summary>The end of a channel by which items go in (trio's <c>MemorySendChannel</c>); see <see cref="MemoryChannel"/>.</summary>
/// <remarks><threadsafety>Loop thread only. It may be made anywhere; it belongs to the first loop in which a task has to wait.</threadsafety></remarks>
/// <typeparam name="T">The items' type.</typeparam>
public sealed class SendChannel<T> : IDisposable
{
    private readonly ChannelCore<T> _core;
    private bool _closed;

    internal SendChannel(ChannelCore<T> core)
    {
        _core = core;
        core.AddSender();
    }

    /// <summary>The channel at this moment.</summary>
    public MemoryChannelStatistics Statistics => _core.Statistics;

    /// <summary>Sends an item, waiting until the buffer or a receiver has taken it; returns at once if there is room (<c>send</c>).</summary>
    /// <remarks>Either the item is sent or this throws, never both: a task that is cancelled while it waits has not sent
    /// it; if it is cancelled in the moment the item is taken, this returns and the task's next await throws.</remarks>
    /// <exception cref="BrokenResourceException">All receivers are closed.</exception>
    /// <exception cref="ClosedResourceException">This channel was closed, perhaps meanwhile.</exception>
    /// <exception cref="InvalidOperationException">It has to wait and belongs to another loop.</exception>
    public async Coroutine Send(T item)
    {
        do
        {
            CheckOpen();
        }
        while (!_core.TrySend(item) && !await _core.WaitForTaker(this, item));
    }

    /// <summary>Sends an item without waiting (<c>send_nowait</c>).</summary>
    /// <exception cref="WouldBlockException">The buffer is full and nobody waits for an item.</exception>
    /// <inheritdoc cref="Send" path="/exception"/>
    public void SendNoWait(T item)
    {
        CheckOpen();
        if (!_core.TrySend(item))
            throw new WouldBlockException("The channel has no room, and nobody waits for an item.");
    }

    /// <summary>Another sender of the same channel, to be closed by itself (<c>clone</c>).</summary>
    /// <exception cref="ClosedResourceException">This one is closed.</exception>
    public SendChannel<T> Clone()
    {
        CheckOpen();
        return new SendChannel<T>(_core);
    }

    /// <summary>Closes this sender; the last one that is closed ends the channel (<c>close</c>). Does nothing the second time.</summary>
    /// <remarks>Tasks that wait in its <see cref="Send"/> get <see cref="ClosedResourceException"/>, their items are not sent.</remarks>
    public void Close()
    {
        if (_closed)
            return;

        _closed = true;
        _core.RemoveSender(this);
    }

    /// <summary>The same as <see cref="Close"/>.</summary>
    public void Dispose() => Close();

    /// <inheritdoc/>
    public override string ToString() => $"<SendChannel {(_closed ? "closed" : "open")} of {_core}>";

    private void CheckOpen()
    {
        if (_closed)
            throw new ClosedResourceException("The sender is closed.");
    }
}
