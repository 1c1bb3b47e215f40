namespace Tulip;

/// <summary>A loop of a <see cref="LoopGroup"/> has ended although nobody stopped the group; the inner exception says why.</summary>
/// <remarks><threadsafety>Any thread.</threadsafety></remarks>
public sealed class LoopCrashedException : Exception
{
    internal LoopCrashedException(string message, Exception? cause)
        : base(message, cause)
    {
    }
}
