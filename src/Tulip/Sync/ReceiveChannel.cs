namespace Tulip;

/// <summary>The end of a channel by which items come out (trio's <c>MemoryReceiveChannel</c>); see <see cref="MemoryChannel"/>.</summary>
/// <remarks><c>await foreach (var item in channel)</c> receives until the channel ends. Leaving it early closes nothing.
/// <threadsafety>Loop thread only. It may be made anywhere; it belongs to the first loop in which a task has to wait.</threadsafety></remarks>
/// <typeparam name="T">The items' type.</typeparam>
public sealed class ReceiveChannel<T> : IDisposable
{
    private readonly ChannelCore<T> _core;
    private bool _closed;

    internal ReceiveChannel(ChannelCore<T> core)
    {
        _core = core;
        core.AddReceiver();
    }

    /// <summary>The channel at this moment.</summary>
    public MemoryChannelStatistics Statistics => _core.Statistics;

    /// <summary>Receives the oldest item, waiting for one; returns at once if there is one (<c>receive</c>).</summary>
    /// <remarks>If the task is cancelled meanwhile no item is lost: one that it was handed in that moment goes to the next
    /// task that waits, else back to the front of the buffer, even if that then holds more than its maximum.</remarks>
    /// <exception cref="EndOfChannelException">All senders are closed, and there are no more items.</exception>
    /// <exception cref="ClosedResourceException">This channel was closed, perhaps meanwhile.</exception>
    /// <exception cref="InvalidOperationException">It has to wait and belongs to another loop.</exception>
    public async Coroutine<T> Receive()
    {
        var (received, item) = await ReceiveOrEnd();
        return received ? item! : throw new EndOfChannelException();
    }

    /// <summary>Receives the oldest item without waiting (<c>receive_nowait</c>).</summary>
    /// <exception cref="WouldBlockException">There is none.</exception>
    /// <inheritdoc cref="Receive" path="/exception"/>
    public T ReceiveNoWait()
    {
        CheckOpen();
        if (_core.TryReceive(out var item))
            return item;

        throw _core.OpenSenders == 0 ? new EndOfChannelException() : new WouldBlockException("The channel has no item.");
    }

    /// <summary>For <c>await foreach</c>.</summary>
    public AsyncEnumerator GetAsyncEnumerator() => new(this);

    /// <summary>Another receiver of the same channel, to be closed by itself (<c>clone</c>). Each item goes to one of them.</summary>
    /// <exception cref="ClosedResourceException">This one is closed.</exception>
    public ReceiveChannel<T> Clone()
    {
        CheckOpen();
        return new ReceiveChannel<T>(_core);
    }

    /// <summary>Closes this receiver (<c>close</c>). Does nothing the second time.</summary>
    /// <remarks>Tasks that wait in its <see cref="Receive"/> get <see cref="ClosedResourceException"/>. With the last one
    /// that is closed the items that nobody has received are dropped, and senders get <see cref="BrokenResourceException"/>.</remarks>
    public void Close()
    {
        if (_closed)
            return;

        _closed = true;
        _core.RemoveReceiver(this);
    }

    /// <summary>The same as <see cref="Close"/>.</summary>
    public void Dispose() => Close();

    /// <inheritdoc/>
    public override string ToString() => $"<ReceiveChannel {(_closed ? "closed" : "open")} of {_core}>";

    private async Coroutine<(bool Received, T? Item)> ReceiveOrEnd()
    {
        while (true)
        {
            CheckOpen();
            if (_core.TryReceive(out var item))
                return (true, item);
            if (_core.OpenSenders == 0)
                return default;

            var handed = await _core.WaitForItem(this);
            if (handed.Received)
                return handed;
        }
    }

    private void CheckOpen()
    {
        if (_closed)
            throw new ClosedResourceException("The receiver is closed.");
    }

    /// <summary>Receives items until the channel ends.</summary>
    /// <remarks><threadsafety>Loop thread only.</threadsafety></remarks>
    public sealed class AsyncEnumerator
    {
        private readonly ReceiveChannel<T> _channel;

        internal AsyncEnumerator(ReceiveChannel<T> channel) => _channel = channel;

        /// <summary>The item received last.</summary>
        public T Current { get; private set; } = default!;

        /// <summary>Receives the next item; false at the channel's end.</summary>
        /// <exception cref="ClosedResourceException">The channel was closed, perhaps meanwhile.</exception>
        public async Coroutine<bool> MoveNextAsync()
        {
            var (received, item) = await _channel.ReceiveOrEnd();
            Current = item!;
            return received;
        }
    }
}
