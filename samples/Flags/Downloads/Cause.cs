namespace Flags;

/// <summary>Where a failure comes from; it decides who must hear of it.</summary>
internal enum Cause
{
    /// <summary>The server said no: part of an ordinary run, counted and no more.</summary>
    Answer,

    /// <summary>No answer, or not a whole one.</summary>
    Connection,

    /// <summary>The flag arrived and could not be kept.</summary>
    Saving,
}
