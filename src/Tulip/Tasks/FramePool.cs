// FramePool: frames of one kind that are not in use.
// Thread: one.
namespace Tulip;

internal sealed class FramePool<TFrame>
    where TFrame : class
{
    /// <summary>Enough for the largest crowds that come again and again; what is above is left to the collector.</summary>
    private const int MaxPooled = 16 * 1024;

    // A struct around the reference spares the covariance check that a store to an array makes.
    private struct Place
    {
        public TFrame? Frame;
    }

    private Place[] _places;
    private int _count;

    public FramePool(int capacity) => _places = new Place[capacity];

    /// <summary>A frame, or null if there is none.</summary>
    public TFrame? TryRent()
    {
        if (_count == 0)
            return null;

        // Left in its place: where calls return in order, the frame comes back to it, and the store is spared.
        ref var place = ref _places[--_count];
        var frame = place.Frame;
        if (DebugMode.IsActive)
            place.Frame = null; // or a call that nobody awaits would be found only when its place is needed
        return frame;
    }

    public void Return(TFrame frame)
    {
        if (_count == _places.Length && !TryGrow())
            return;

        ref var place = ref _places[_count++];
        if (!ReferenceEquals(place.Frame, frame))
            place.Frame = frame;
    }

    private bool TryGrow()
    {
        if (_places.Length >= MaxPooled)
            return false;
        Array.Resize(ref _places, _places.Length * 2);
        return true;
    }
}
