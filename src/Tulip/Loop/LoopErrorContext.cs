using System.Text;

namespace Tulip;

/// <summary>What a loop's exception handler is told: the fields of asyncio's context dictionary.</summary>
/// <remarks><threadsafety>Immutable once reported; any thread.</threadsafety></remarks>
public sealed class LoopErrorContext
{
    /// <summary>A report with a message.</summary>
    /// <param name="message">What went wrong, in one line.</param>
    public LoopErrorContext(string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        Message = message;
    }

    /// <summary>What went wrong, in one line.</summary>
    public string Message { get; }

    /// <summary>The exception, if there is one.</summary>
    public Exception? Exception { get; init; }

    /// <summary>The future concerned, if there is one; a task is a future too.</summary>
    public object? Future { get; init; }

    /// <summary>The task concerned, if there is one.</summary>
    public object? Task { get; init; }

    /// <summary>The callback concerned, if there is one: a delegate or a <see cref="TimerHandle"/>.</summary>
    public object? Callback { get; init; }

    /// <summary>The protocol concerned, if there is one.</summary>
    public object? Protocol { get; init; }

    /// <summary>The transport concerned, if there is one.</summary>
    public object? Transport { get; init; }

    /// <summary>The socket concerned, or its address, if there is one.</summary>
    public object? Socket { get; init; }

    /// <summary>The message, the objects concerned and the exception with its trace, a line or more each.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(Message);
        Append(text, "future", Future);
        Append(text, "task", Task);
        Append(text, "callback", Callback is Delegate d ? $"{d.Method.DeclaringType?.Name}.{d.Method.Name}" : Callback);
        Append(text, "protocol", Protocol);
        Append(text, "transport", Transport);
        Append(text, "socket", Socket);
        if (Exception is not null)
            text.AppendLine().Append(Exception);
        return text.ToString();
    }

    private static void Append(StringBuilder text, string name, object? value)
    {
        if (value is not null)
            text.AppendLine().Append(name).Append(": ").Append(value);
    }
}
