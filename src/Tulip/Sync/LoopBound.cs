namespace Tulip;

/// <summary>Binds a primitive to the loop in which somebody first has to wait for it (asyncio's <c>_LoopBoundMixin</c>).</summary>
internal struct LoopBound
{
    private EventLoop? _loop;

    /// <summary>The running loop, which must be the one of the first time.</summary>
    /// <exception cref="InvalidOperationException">It is another one.</exception>
    public EventLoop Get(object owner)
    {
        var running = Aio.GetRunningLoop();
        var bound = Volatile.Read(ref _loop) ?? Interlocked.CompareExchange(ref _loop, running, null) ?? running;
        return ReferenceEquals(bound, running)
            ? running
            : throw new InvalidOperationException($"{owner} is bound to a different event loop.");
    }
}
