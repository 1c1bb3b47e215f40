namespace Tulip;

/// <summary>An operation that must not wait would have to (<c>WouldBlock</c> in anyio and trio).</summary>
/// <remarks><threadsafety>Any thread.</threadsafety></remarks>
public sealed class WouldBlockException : Exception
{
    /// <summary>An exception that says what it would have to wait for.</summary>
    /// <param name="message">What is missing.</param>
    public WouldBlockException(string message)
        : base(message)
    {
    }
}

/// <summary>All senders of a channel are closed and every item has been received (<c>EndOfStream</c> in anyio).</summary>
/// <remarks><threadsafety>Any thread.</threadsafety></remarks>
public sealed class EndOfChannelException : Exception
{
    /// <summary>An exception with the usual message.</summary>
    public EndOfChannelException()
        : base("The channel has ended: all its senders are closed.")
    {
    }
}

/// <summary>The other end is gone: all receivers of a channel are closed (<c>BrokenResourceError</c> in anyio and trio).</summary>
/// <remarks><threadsafety>Any thread.</threadsafety></remarks>
public sealed class BrokenResourceException : Exception
{
    /// <summary>An exception that says what is broken.</summary>
    /// <param name="message">What is wrong.</param>
    public BrokenResourceException(string message)
        : base(message)
    {
    }
}

/// <summary>This end was closed, before or while it was used (<c>ClosedResourceError</c> in anyio and trio).</summary>
/// <remarks><threadsafety>Any thread.</threadsafety></remarks>
public sealed class ClosedResourceException : InvalidOperationException
{
    /// <summary>An exception that says what was closed.</summary>
    /// <param name="message">What is wrong.</param>
    public ClosedResourceException(string message)
        : base(message)
    {
    }
}
