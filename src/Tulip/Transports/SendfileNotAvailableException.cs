namespace Tulip;

/// <summary>The system cannot send this file through this transport by itself (<c>asyncio.SendfileNotAvailableError</c>).</summary>
/// <remarks><threadsafety>Any thread, as every exception.</threadsafety></remarks>
public sealed class SendfileNotAvailableException : Exception
{
    /// <summary>An exception with a message.</summary>
    public SendfileNotAvailableException(string message)
        : base(message)
    {
    }

    /// <summary>An exception with a message and what caused it.</summary>
    public SendfileNotAvailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
