namespace Tulip;

/// <summary>The result of a coroutine that returns nothing.</summary>
/// <remarks><threadsafety>Any thread.</threadsafety></remarks>
public readonly struct Unit : IEquatable<Unit>
{
    /// <inheritdoc/>
    public bool Equals(Unit other) => true;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Unit;

    /// <inheritdoc/>
    public override int GetHashCode() => 0;

    /// <inheritdoc/>
    public override string ToString() => "()";

    /// <summary>All units are equal.</summary>
    public static bool operator ==(Unit left, Unit right) => true;

    /// <summary>All units are equal.</summary>
    public static bool operator !=(Unit left, Unit right) => false;
}
