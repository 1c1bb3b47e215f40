namespace Tulip;

/// <summary>A primitive's own frames that are not in use. They are kept for the first loop that ends a call of it; a call that is made elsewhere
/// gets a new frame.</summary>
internal struct LoopPool<TFrame>
    where TFrame : class
{
    // Most primitives are used by few tasks at a time.
    private const int FirstCapacity = 2;

    private FramePool<TFrame>? _pool;
    private EventLoop? _loop;

    public readonly TFrame? TryRent()
        => CurrentLoop.Running is { } running && ReferenceEquals(running, _loop) ? _pool!.TryRent() : null;

    public void Return(TFrame frame)
    {
        if (CurrentLoop.Running is not { } running)
            return;

        if (_loop is null)
        {
            _pool = new FramePool<TFrame>(FirstCapacity);
            _loop = running;
        }

        if (ReferenceEquals(running, _loop))
            _pool!.Return(frame);
    }
}
