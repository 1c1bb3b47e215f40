namespace Tulip.Redis;

/// <summary>The server refused a command; the connection goes on.</summary>
/// <remarks><threadsafety>Immutable; any thread.</threadsafety></remarks>
public sealed class RedisException : Exception
{
    /// <summary>An error with the server's text.</summary>
    /// <param name="message">The server's own words, beginning with the code.</param>
    public RedisException(string message)
        : base(message)
    {
    }

    /// <summary>The first word of the message, by which programs tell errors apart: <c>ERR</c>, <c>WRONGTYPE</c>, <c>NOAUTH</c>, …</summary>
    public string Code => Message.Split(' ', 2)[0];
}

/// <summary>There is no connection, or it was lost before the reply had come.</summary>
/// <remarks><threadsafety>Immutable; any thread.</threadsafety></remarks>
public sealed class RedisConnectionException : IOException
{
    /// <summary>An error of the connection.</summary>
    /// <param name="message">What happened.</param>
    /// <param name="mayHaveRun">Whether the server may have run the command.</param>
    /// <param name="innerException">What broke the connection; null if the server closed it.</param>
    public RedisConnectionException(string message, bool mayHaveRun, Exception? innerException = null)
        : base(message, innerException)
        => MayHaveRun = mayHaveRun;

    /// <summary>Whether the command had left, so that the server may have run it. If not, it certainly has not.</summary>
    public bool MayHaveRun { get; }
}
