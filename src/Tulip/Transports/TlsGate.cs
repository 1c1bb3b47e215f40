// TlsGate: where the pump of a TLS connection waits while its reader is paused. Completes in line.
using System.Threading.Tasks.Sources;

namespace Tulip;

internal sealed class TlsGate : IValueTaskSource
{
    private ManualResetValueTaskSourceCore<Unit> _source;
    private bool _isWaiting;

    /// <summary>Waits for the next <see cref="Open"/>; one waits at a time.</summary>
    public ValueTask Wait()
    {
        _source.Reset();
        _isWaiting = true;
        return new ValueTask(this, _source.Version);
    }

    public void Open()
    {
        if (!_isWaiting)
            return;

        _isWaiting = false;
        _source.SetResult(default);
    }

    void IValueTaskSource.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        => _source.OnCompleted(continuation, state, token, flags);
}
