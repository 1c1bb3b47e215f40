namespace Tulip.Engines;

/// <summary>An operation in flight, for <see cref="IIoEngine.Cancel"/>.</summary>
/// <remarks><threadsafety>A value.</threadsafety></remarks>
/// <param name="Index">The place in the engine's table.</param>
/// <param name="Generation">Which occupant of that place; never 0.</param>
public readonly record struct IoToken(int Index, int Generation)
{
    /// <summary>No operation.</summary>
    public static IoToken None => default;

    /// <summary>Whether this is no operation: it was over at once, or there never was one.</summary>
    public bool IsNone => Generation == 0;

    /// <summary>The handle's place in its table.</summary>
    internal int Slot => SlotOf(Index);

    /// <summary>Whether it is an operation of the writing direction.</summary>
    internal bool IsWriting => IsWritingPlace(Index);

    /// <summary>The place of a direction: each handle has two.</summary>
    internal static int PlaceOf(IoHandle handle, bool isWriting) => handle.Index * 2 + (isWriting ? 1 : 0);

    internal static int SlotOf(int place) => place >> 1;

    internal static bool IsWritingPlace(int place) => (place & 1) != 0;

    /// <summary>The operation of a direction.</summary>
    internal static IoToken Of(IoHandle handle, bool isWriting, int number) => new(PlaceOf(handle, isWriting), number);
}
