namespace Tulip;

/// <summary>A program that owns its thread, as a user interface or a game does, and runs a Tulip loop on it; see <see cref="HostedEventLoop"/>.</summary>
/// <remarks>
/// <para>A host calls what it is given in the order in which it was given, one call after the other, always on the same thread, and
/// never before <see cref="Post"/> returns. Each call is short (<see cref="HostedLoopOptions.SecondsPerPost"/>), and at most one is
/// outstanding at a time, so that the host's own work comes in between.</para>
/// <threadsafety><see cref="Post"/> may be called on any thread, also while the host does something else.</threadsafety>
/// </remarks>
public interface ILoopHost
{
    /// <summary>Has a callback called on the host's thread, soon.</summary>
    /// <exception cref="Exception">The host is gone: the loop reports it, and calls no more.</exception>
    void Post(Action callback);

    /// <summary>Has a callback called on the host's thread after a time. A host need not have timers: then the loop has its own,
    /// and posts.</summary>
    /// <param name="delay">More than zero. The callback may come later, and is harmless if it comes sooner.</param>
    /// <param name="callback">What to call; a host that is closing may drop it.</param>
    /// <returns>False if the host has no timers.</returns>
    bool PostAfter(TimeSpan delay, Action callback) => false;
}

/// <summary>A host that is known by its <see cref="SynchronizationContext"/>: Windows Forms, WPF, Avalonia, a queue of one's own.</summary>
/// <remarks><threadsafety>Any thread.</threadsafety></remarks>
public sealed class SynchronizationContextHost : ILoopHost
{
    private static readonly SendOrPostCallback s_call = static callback => ((Action)callback!)();

    private readonly SynchronizationContext _context;

    /// <summary>A host that posts to a context.</summary>
    /// <param name="context">One of a single thread. .NET's plain one posts to the thread pool: it is no host.</param>
    /// <exception cref="ArgumentException">It is a plain one, or a Tulip loop's.</exception>
    public SynchronizationContextHost(SynchronizationContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.GetType() == typeof(SynchronizationContext))
            throw new ArgumentException("This context posts to the thread pool: it has no thread of its own.", nameof(context));
        if (context is LoopSynchronizationContext or TaskSynchronizationContext)
            throw new ArgumentException("This is the context of a Tulip loop, which needs no other loop inside.", nameof(context));
        _context = context;
    }

    /// <inheritdoc/>
    public void Post(Action callback) => _context.Post(s_call, callback);
}
