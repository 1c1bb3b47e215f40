namespace Samples;

/// <summary>A command line that cannot be followed; the message says what to change.</summary>
internal sealed class UsageException(string message) : Exception(message);
