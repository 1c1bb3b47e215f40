namespace Tulip;

/// <summary>A stream ended before all the data that was asked for had come (<c>asyncio.IncompleteReadError</c>).</summary>
/// <remarks><threadsafety>Any thread.</threadsafety></remarks>
public sealed class IncompleteReadException : EndOfStreamException
{
    /// <summary>An exception with what had come.</summary>
    /// <param name="partial">The data before the end.</param>
    /// <param name="expected">How many bytes were asked for; null if a separator was.</param>
    public IncompleteReadException(byte[] partial, int? expected)
        : base($"{partial?.Length ?? 0} bytes read of {(expected is { } n ? $"{n} expected" : "an undefined number")} bytes.")
    {
        ArgumentNullException.ThrowIfNull(partial);
        Partial = partial;
        Expected = expected;
    }

    /// <summary>The data before the end; it is no longer in the stream.</summary>
    public byte[] Partial { get; }

    /// <summary>How many bytes were asked for; null if a separator was.</summary>
    public int? Expected { get; }
}

/// <summary>The limit of a stream was reached before a separator was found (<c>asyncio.LimitOverrunError</c>).</summary>
/// <remarks><threadsafety>Any thread.</threadsafety></remarks>
public sealed class LimitOverrunException : Exception
{
    /// <summary>An exception that says how much has been looked at.</summary>
    /// <param name="message">What is wrong.</param>
    /// <param name="consumed">How many bytes can be read without meeting the separator.</param>
    public LimitOverrunException(string message, int consumed)
        : base(message)
        => Consumed = consumed;

    /// <summary>How many bytes can be read without meeting the separator; they are still in the stream.</summary>
    public int Consumed { get; }
}
