namespace Tulip;

/// <summary>A task or future was cancelled (asyncio's <c>CancelledError</c>). Thrown at the <c>await</c> of the task that is cancelled.</summary>
/// <remarks>
/// Let it pass, or rethrow it after cleaning up. <c>catch (Exception)</c> catches it too, unlike in Python: write
/// <c>catch (Exception e) when (e is not OperationCanceledException)</c> where you mean to handle errors only.
/// <threadsafety>Any thread.</threadsafety>
/// </remarks>
public class CancelledException : OperationCanceledException
{
    private const string NoMessage = "The task was cancelled.";

    /// <summary>A cancellation without a message.</summary>
    public CancelledException()
        : base(NoMessage)
    {
    }

    /// <summary>A cancellation with the message given to <c>Cancel</c>.</summary>
    /// <param name="cancelMessage">The message; null or empty for none.</param>
    public CancelledException(string? cancelMessage)
        : base(string.IsNullOrEmpty(cancelMessage) ? NoMessage : cancelMessage)
        => CancelMessage = string.IsNullOrEmpty(cancelMessage) ? null : cancelMessage;

    /// <summary>A cancellation with the message given to <c>Cancel</c> and the exception by which it arrived.</summary>
    /// <param name="cancelMessage">The message; null or empty for none.</param>
    /// <param name="innerException">What a .NET task threw when its token was cancelled.</param>
    public CancelledException(string? cancelMessage, Exception innerException)
        : base(string.IsNullOrEmpty(cancelMessage) ? NoMessage : cancelMessage, innerException)
        => CancelMessage = string.IsNullOrEmpty(cancelMessage) ? null : cancelMessage;

    /// <summary>The message given to <c>Cancel</c>, or null.</summary>
    public string? CancelMessage { get; }
}

/// <summary>An operation does not fit the state of a future (asyncio's <c>InvalidStateError</c>): a result that is not there yet, or is there already.</summary>
/// <remarks><threadsafety>Any thread.</threadsafety></remarks>
public sealed class InvalidStateException : InvalidOperationException
{
    /// <summary>An exception that says which state was met.</summary>
    /// <param name="message">What is wrong.</param>
    public InvalidStateException(string message)
        : base(message)
    {
    }
}
