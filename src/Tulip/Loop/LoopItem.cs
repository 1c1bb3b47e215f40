namespace Tulip;

/// <summary>Something the ready queue of an <see cref="EventLoop"/> can run: a task's step, a callback, a finished future's news.</summary>
/// <remarks>
/// A base class rather than a delegate, so that a task can stand in the queue itself and nothing is allocated for it.
/// It cannot be derived from outside Tulip.
/// <threadsafety>Loop thread only.</threadsafety>
/// </remarks>
public abstract class LoopItem
{
    private protected LoopItem()
    {
    }

    /// <summary>The context that the item's code runs in, if it has one of its own; null stands for an empty one that
    /// nobody has needed yet. While the item runs it may be out of date: see <see cref="EventLoop.CurrentContext"/>.</summary>
    internal virtual Context? HeldContext
    {
        get => null;
        set { }
    }

    /// <summary>Does the item's work. Called by the loop, once for each time it was put in the queue.</summary>
    internal abstract void Run(EventLoop loop);

    /// <summary>The loop was closed before the item's turn came: called instead of <see cref="Run"/>, on any thread. What another
    /// thread waits for is ended here. It must not throw.</summary>
    internal virtual void Abandon()
    {
    }
}
