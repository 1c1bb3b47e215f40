namespace Tulip;

/// <summary>A worker process ended, or could not be started, before its job was done
/// (<c>concurrent.futures.process.BrokenProcessPool</c>). Only that job fails; the next one gets a new worker.</summary>
/// <remarks>The job may have run in part: whoever repeats it must know that it can bear that.
/// <threadsafety>Any thread.</threadsafety></remarks>
public sealed class BrokenWorkerException : Exception
{
    /// <summary>An exception with this text, and what led to it.</summary>
    public BrokenWorkerException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    /// <summary>The worker's process id; null if no process was started.</summary>
    public int? ProcessId { get; init; }

    /// <summary>What the worker's process ended with (on Unix 128 and the signal's number if a signal ended it); null if
    /// that is not known.</summary>
    public int? ExitCode { get; init; }
}

/// <summary>What a function threw in a worker process, as text (<c>concurrent.futures.process._RemoteTraceback</c>).</summary>
/// <remarks>It stands alone if the exception could not be made again here, else it is the inner exception of one of the
/// original type.
/// <threadsafety>Any thread.</threadsafety></remarks>
public sealed class WorkerException : Exception
{
    /// <summary>An exception that says what was thrown elsewhere.</summary>
    /// <param name="typeName">The full name of the exception's type.</param>
    /// <param name="message">Its message.</param>
    /// <param name="remoteText">All that it said of itself there: inner exceptions and stack traces.</param>
    public WorkerException(string typeName, string message, string remoteText)
        : base($"{typeName} in a worker process: {message}")
    {
        TypeName = typeName;
        RemoteText = remoteText;
    }

    /// <summary>The full name of the exception's type.</summary>
    public string TypeName { get; }

    /// <summary>All that the exception said of itself there: inner exceptions and stack traces.</summary>
    public string RemoteText { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{typeof(WorkerException)}: {Message}{Environment.NewLine}   in the worker: {RemoteText}";
}
