namespace Tulip.BadExample.Unlisted;

/// <summary>A type in a folder that has no place in the table; it has no code.</summary>
/// <remarks><threadsafety>Any thread.</threadsafety></remarks>
public interface IStray;
