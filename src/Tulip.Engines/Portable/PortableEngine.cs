namespace Tulip.Engines;

/// <summary>An engine that needs nothing but .NET: it waits on a monitor.</summary>
/// <remarks>
/// Its resolution is one millisecond; a wait is rounded up to it.
/// <threadsafety>Loop thread only, but for <see cref="Wake"/>, which any thread may call.</threadsafety>
/// </remarks>
public sealed class PortableEngine : IIoEngine
{
    private const long NanosecondsPerMillisecond = 1_000_000;

    private readonly object _gate = new();
    private bool _woken;

    /// <inheritdoc/>
    public string Name => "portable";

    /// <inheritdoc/>
    public IoFeatures Features => IoFeatures.None;

    /// <inheritdoc/>
    public IIoSockets Sockets => throw new NotSupportedException("The portable engine has no sockets yet.");

    /// <inheritdoc/>
    public bool HasPending => false;

    /// <inheritdoc/>
    public IoToken Submit(in IoRequest request, out int result)
        => throw new NotSupportedException("The portable engine has no sockets yet.");

    /// <inheritdoc/>
    public void Cancel(IoToken token)
    {
    }

    /// <inheritdoc/>
    public void Return(in IoCompletion completion)
    {
    }

    /// <inheritdoc/>
    public void Close(IoHandle handle, bool reset = false)
    {
    }

    /// <inheritdoc/>
    public int SubmitAndWait(Span<IoCompletion> completions, long timeoutNanoseconds)
    {
        lock (_gate)
        {
            if (!_woken && timeoutNanoseconds != 0)
                Monitor.Wait(_gate, ToMilliseconds(timeoutNanoseconds));
            _woken = false;
        }

        return 0;
    }

    /// <inheritdoc/>
    public void Wake()
    {
        lock (_gate)
        {
            _woken = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Does nothing: the engine holds no resource of the operating system.</summary>
    public void Dispose()
    {
    }

    private static int ToMilliseconds(long nanoseconds)
    {
        if (nanoseconds < 0)
            return Timeout.Infinite;

        var milliseconds = (nanoseconds - 1) / NanosecondsPerMillisecond + 1;
        return (int)Math.Min(milliseconds, int.MaxValue);
    }
}
