// Queues: fifo, lifo and priority.
using System.Text.Json;
using Tulip.Conformance.Interpreter;

namespace Tulip.Conformance.Statements;

internal static class QueueStatements
{
    public static void Register(Vocabulary vocabulary)
    {
        vocabulary.Kind("queue", (_, spec) => Make(spec));
        vocabulary.Method<AsyncQueue<long>>("queue.put", (target, s) => target.Put(s.Number("value")).Giving(null));
        vocabulary.Method<AsyncQueue<long>>("queue.get", (target, _) => target.Get().Boxed());
        vocabulary.Method<AsyncQueue<long>>("queue.join", (target, _) => target.Join().Giving(null));
        vocabulary.Plain<AsyncQueue<long>>("queue.put_nowait", (target, s) => target.PutNoWait(s.Number("value")));
        vocabulary.Plain<AsyncQueue<long>>("queue.get_nowait", (target, _) => target.GetNoWait());
        vocabulary.Plain<AsyncQueue<long>>("queue.task_done", (target, _) => TaskDone(target));
        vocabulary.Plain<AsyncQueue<long>>("queue.shutdown", (target, s) => target.Shutdown(s.Flag("immediate")));
        vocabulary.Plain<AsyncQueue<long>>("queue.size", (target, _) => new object[] { target.QSize, target.Empty, target.Full });
    }

    private static AsyncQueue<long> Make(JsonElement spec)
    {
        var size = (int)spec.Number("maxsize");
        return spec.Text("variant") switch
        {
            "lifo" => new AsyncLifoQueue<long>(size),
            "priority" => new AsyncPriorityQueue<long>(size),
            _ => new AsyncQueue<long>(size),
        };
    }

    private static void TaskDone(AsyncQueue<long> queue)
    {
        try
        {
            queue.TaskDone();
        }
        catch (InvalidOperationException exception)
        {
            // Too many calls: .NET blames the state, Python the (missing) argument.
            throw new ArgumentException(exception.Message, exception);
        }
    }
}
