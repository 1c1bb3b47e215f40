namespace Flags;

/// <summary>The command line asks for something that cannot be; shown as one line above the usage.</summary>
internal sealed class UsageException(string message) : Exception(message);
