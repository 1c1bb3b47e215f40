// The errors of the language: how they are made, shown and matched. Python's RuntimeError is InvalidOperationException
// and its ValueError is ArgumentException; the order of the tests is that of the language's definition.
namespace Tulip.Conformance.Interpreter;

/// <summary>The program's own errors, of kind A or B.</summary>
internal sealed class UserException(string kind, string message) : Exception(message)
{
    public string Kind => kind;
}

internal static class Errors
{
    public static Exception Make(string kind, string? message) => kind switch
    {
        "A" or "B" => new UserException(kind, message ?? "None"),
        "timeout" => new TimeoutException(),
        "runtime" => new InvalidOperationException(),
        "cancelled" => new CancelledException(message),
        _ => throw new UnsupportedException($"error {kind}"),
    };

    public static string Show(Exception exception) => exception switch
    {
        CancelledException { CancelMessage: { } message } => $"Cancelled({message})",
        CancelledException => "Cancelled",
        UserException user => $"{user.Kind}({user.Message})",
        AggregateException group => $"Group[{string.Join(',', group.InnerExceptions.Select(Show))}]",
        TimeoutException => "Timeout",
        QueueEmptyException => "QueueEmpty",
        QueueFullException => "QueueFull",
        QueueShutDownException => "QueueShutDown",
        BrokenBarrierException => "BrokenBarrier",
        InvalidStateException => "InvalidState",
        LimitOverrunException => "LimitOverrun",
        IncompleteReadException incomplete => $"IncompleteRead({Json.Quote(System.Text.Encoding.UTF8.GetString(incomplete.Partial))})",
        InvalidOperationException => "RuntimeError",
        ArgumentException or SemaphoreFullException or InvalidDataException => "ValueError",
        _ => exception.GetType().Name,
    };

    public static bool Matches(string match, Exception exception) => match switch
    {
        "any" => true,
        "cancelled" => exception is CancelledException,
        "exception" => exception is not CancelledException,
        "user" => exception is UserException,
        "A" or "B" => exception is UserException user && user.Kind == match,
        "timeout" => exception is TimeoutException,
        "runtime" => exception is InvalidOperationException and not InvalidStateException,
        "state" => exception is InvalidStateException,
        "value" => exception is ArgumentException or SemaphoreFullException or InvalidDataException,
        "queue" => exception is QueueEmptyException or QueueFullException or QueueShutDownException,
        "group" => exception is AggregateException,
        _ => throw new UnsupportedException($"match {match}"),
    };
}

/// <summary>The program uses something that this interpreter, or the library, does not have.</summary>
internal sealed class UnsupportedException(string feature) : Exception(feature);
