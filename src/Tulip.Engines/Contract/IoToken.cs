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
}
