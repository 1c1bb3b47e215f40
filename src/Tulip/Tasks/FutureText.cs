using System.Text;

namespace Tulip;

/// <summary>Futures and tasks as text, in the form of asyncio's <c>repr</c>.</summary>
internal static class FutureText
{
    private const int LongestValue = 100;

    public static string Describe(Future future)
    {
        var text = new StringBuilder("<").Append(future is IAsyncTask ? "Task " : "Future ").Append(State(future));
        if (future is IAsyncTask task)
        {
            text.Append($" name='{task.Name}' coro=<{task.DescribeCoroutine()}>");
            if (task.WaitsFor is { } awaited)
                text.Append(" wait_for=").Append(awaited is Future f ? Brief(f) : $"<{awaited}>");
        }

        AppendCallbacks(text, future);
        AppendOutcome(text, future);
        return text.Append('>').ToString();
    }

    /// <summary>A task's outermost coroutine: where it stands, or that it is done.</summary>
    public static string DescribeCoroutine(Future task, CoroutineFrame? frame, FrameInfo? info)
    {
        if (task.Done)
            return info?.DescribeDone() ?? "";

        while (frame?.Continuation is { } outer)
            frame = outer;
        return frame?.Info.Describe(frame) ?? "";
    }

    /// <summary>What a suspended frame's task waits for: a future, or words; null if it can run.</summary>
    public static object? DescribeWait(CoroutineFrame frame, object? future) => frame.Status switch
    {
        FrameStatus.AwaitsFuture => future,
        FrameStatus.AwaitsTime => "a sleep",
        FrameStatus.Parked => frame.WaitsIn,
        FrameStatus.AwaitsForeign => "a .NET task",
        _ => null,
    };

    private static string State(Future future)
        => future.Cancelled ? "cancelled"
            : future.Done ? "finished"
            : future is IAsyncTask { Cancelling: > 0 } ? "cancelling"
            : "pending";

    private static string Brief(Future future)
        => future is IAsyncTask task ? $"<Task {State(future)} name='{task.Name}'>" : $"<Future {State(future)}>";

    private static void AppendCallbacks(StringBuilder text, Future future)
    {
        var description = future.Callbacks switch
        {
            null => null,
            CallbackList list => list.Count == 0 ? null : $"{list.Count} callbacks",
            IAsyncTask task => $"wakes '{task.Name}'",
            DoneCallback done => done.Callback.Method.Name + "()",
            _ => "1 callback",
        };
        if (description is not null)
            text.Append(" cb=[").Append(description).Append(']');
    }

    private static void AppendOutcome(StringBuilder text, Future future)
    {
        if (!future.Done || future.Cancelled)
            return;

        if (future.Failure is { } failure)
            text.Append($" exception={failure.Exception.GetType().Name}('{failure.Exception.Message}')");
        else if (future.BoxedResult is not Unit)
            text.Append(" result=").Append(Value(future.BoxedResult));
    }

    private static string Value(object? value)
    {
        var shown = value switch
        {
            null => "null",
            string s => $"'{s}'",
            _ => value.ToString() ?? "",
        };
        return shown.Length <= LongestValue ? shown : shown[..LongestValue] + "…";
    }
}
