namespace Tulip;

/// <summary>A callback given to <see cref="EventLoop.CallSoon(Action)"/>, by which it can be cancelled (asyncio's <c>Handle</c>).</summary>
/// <remarks>
/// A value, not an object: scheduling a callback allocates nothing.
/// <threadsafety>Loop thread only, but for handles from <see cref="EventLoop.CallSoonThreadsafe(Action)"/>, which any thread may cancel.</threadsafety>
/// </remarks>
public readonly struct Handle : IEquatable<Handle>
{
    // Either an EventLoop, and then _sequence is the place in its ready queue, or a CallbackItem.
    private readonly object? _owner;
    private readonly long _sequence;

    internal Handle(EventLoop loop, long sequence)
    {
        _owner = loop;
        _sequence = sequence;
    }

    internal Handle(CallbackItem item) => _owner = item;

    /// <summary>Cancels the callback: when its turn comes nothing runs. Does nothing once the turn is over.</summary>
    /// <returns>True if this call prevented the callback from running.</returns>
    /// <exception cref="InvalidOperationException">Called on another thread than the loop's while the loop runs, unless
    /// the handle comes from <see cref="EventLoop.CallSoonThreadsafe(Action)"/>.</exception>
    public bool Cancel() => _owner switch
    {
        EventLoop loop => loop.CancelReady(_sequence),
        CallbackItem item => item.Cancel(),
        _ => false,
    };

    /// <summary>Whether the callback was cancelled and its turn is still to come.</summary>
    /// <remarks>A handle is a value and remembers nothing: once the loop has passed the callback's place this is false.
    /// What <see cref="Cancel"/> returned stays true.</remarks>
    public bool Cancelled => _owner switch
    {
        EventLoop loop => loop.IsReadyCancelled(_sequence),
        CallbackItem item => item.Cancelled,
        _ => false,
    };

    /// <inheritdoc/>
    public bool Equals(Handle other) => ReferenceEquals(_owner, other._owner) && _sequence == other._sequence;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Handle other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_owner, _sequence);

    /// <summary>Whether two handles name the same callback.</summary>
    public static bool operator ==(Handle left, Handle right) => left.Equals(right);

    /// <summary>Whether two handles name different callbacks.</summary>
    public static bool operator !=(Handle left, Handle right) => !left.Equals(right);
}
