// Waiters: who awaits a future, found out when somebody asks.
// Thread: the loop's.
//   1. Nothing is recorded while a program runs: a pending future has a callback for each that waits for it, and the
//      callback says on whose behalf. Gatherings, shields and waits are passed through to the tasks behind them.
//   2. Only what is told by hand, for waits that a user's callbacks make, is kept, beside the future.
namespace Tulip;

internal static class Waiters
{
    /// <summary>Those that wait for a future, each once: tasks, and what was told by hand.</summary>
    public static List<Future> Of(Future future)
    {
        var found = new List<Future>();
        var passed = new HashSet<Future>(ReferenceEqualityComparer.Instance) { future };
        var relays = new Stack<Future>();
        relays.Push(future);
        while (relays.TryPop(out var relay))
        {
            foreach (var waiter in Direct(relay))
            {
                if (waiter is IAsyncTask)
                    AddOnce(found, waiter);
                else if (passed.Add(waiter))
                    relays.Push(waiter);
            }

            if (TaskRegistry.Of(relay.Loop).ToldWaiters is { } all && all.TryGetValue(relay, out var told))
                told.ForEach(waiter => AddOnce(found, waiter));
        }

        return found;
    }

    public static void Tell(Future future, Future waiter)
    {
        var all = TaskRegistry.Of(future.Loop).ToldWaiters ??= [];
        AddOnce(all.GetValue(future, static _ => []), waiter);
    }

    public static void Withdraw(Future future, Future waiter)
    {
        if (TaskRegistry.Of(future.Loop).ToldWaiters is { } all && all.TryGetValue(future, out var told))
            told.Remove(waiter);
    }

    private static IEnumerable<Future> Direct(Future future) => future.Callbacks switch
    {
        CallbackList list => list.Items.Select(Behind).OfType<Future>(),
        LoopItem item => Behind(item) is { } waiter ? [waiter] : [],
        _ => [],
    };

    /// <summary>A task that awaits the future is the callback itself.</summary>
    private static Future? Behind(LoopItem item) => item as Future ?? (item as FutureCallback)?.Waiter;

    private static void AddOnce(List<Future> list, Future waiter)
    {
        if (!list.Contains(waiter))
            list.Add(waiter);
    }
}
