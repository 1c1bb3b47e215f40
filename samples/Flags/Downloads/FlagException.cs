namespace Flags;

/// <summary>A flag was not downloaded; the message is one clear line, the same for the same cause.</summary>
internal sealed class FlagException(FlagStatus status, Cause cause, string message, Exception? inner = null)
    : Exception(message, inner)
{
    public FlagStatus Status { get; } = status;

    public Cause Cause { get; } = cause;
}
