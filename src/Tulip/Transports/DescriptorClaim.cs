namespace Tulip;

/// <summary>The right of one operation to wait for a direction of a descriptor: nobody else may meanwhile. Loop thread.</summary>
internal sealed class DescriptorClaim(LoopTransports shared, int descriptor, bool writing) : IDisposable
{
    private Future<Unit>? _ready;

    /// <summary>Waits until the descriptor is ready. A cancel ends the watch.</summary>
    public async Coroutine Ready()
    {
        _ready = shared.Loop.CreateFuture<Unit>();
        shared.WatchClaimed(descriptor, writing, OnReady);
        await _ready;
    }

    public void Dispose()
    {
        shared.UnwatchClaimed(descriptor, writing);
        shared.Release(descriptor, writing);
    }

    private void OnReady()
    {
        shared.UnwatchClaimed(descriptor, writing);
        if (!_ready!.Done)
            _ready.SetResult(default);
    }
}
