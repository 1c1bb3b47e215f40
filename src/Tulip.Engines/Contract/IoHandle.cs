namespace Tulip.Engines;

/// <summary>Something an engine has open: a socket, or a descriptor that it watches.</summary>
/// <remarks>A place in the engine's table and the generation of its occupant, so that a handle outlives its descriptor's
/// number harmlessly. <threadsafety>A value.</threadsafety></remarks>
/// <param name="Index">The place in the engine's table.</param>
/// <param name="Generation">Which occupant of that place; never 0.</param>
public readonly record struct IoHandle(int Index, int Generation)
{
    /// <summary>No handle.</summary>
    public static IoHandle None => default;

    /// <summary>Whether this is no handle at all.</summary>
    public bool IsNone => Generation == 0;
}
