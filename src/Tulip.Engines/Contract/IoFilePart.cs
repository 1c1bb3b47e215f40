using Microsoft.Win32.SafeHandles;

namespace Tulip.Engines;

/// <summary>A part of a file, to be sent.</summary>
/// <remarks><threadsafety>A value that does not change.</threadsafety></remarks>
/// <param name="File">The file, which stays its owner's.</param>
/// <param name="Offset">Where the part begins, in bytes.</param>
/// <param name="Count">How long it is at most, in bytes; at least 1.</param>
public sealed record IoFilePart(SafeFileHandle File, long Offset, int Count);
