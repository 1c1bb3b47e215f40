namespace Tulip;

/// <summary>What a task started by <see cref="TaskGroup.Start"/> calls when it is ready (trio's <c>TaskStatus</c>).</summary>
/// <typeparam name="T">What it is ready with.</typeparam>
/// <remarks><threadsafety>Loop thread only.</threadsafety></remarks>
public sealed class StartSignal<T>
{
    private readonly Future<T> _ready;

    internal StartSignal(Future<T> ready) => _ready = ready;

    /// <summary>The task is ready: <see cref="TaskGroup.Start"/> returns the value.</summary>
    /// <exception cref="InvalidOperationException">Called before.</exception>
    public void Started(T value)
    {
        // The caller of Start may have been cancelled meanwhile; then nobody waits for the news.
        if (_ready.Cancelled)
            return;
        if (_ready.Done)
            throw new InvalidOperationException("Started was called twice.");
        _ready.SetResult(value);
    }
}
