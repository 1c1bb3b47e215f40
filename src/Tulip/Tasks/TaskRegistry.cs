// TaskRegistry: what the task layer keeps for a loop: the living tasks, their numbers, failures not looked at yet.
// Thread: the loop's.
//   1. A task is in the table from its creation until it is done; Slot is its place there.
using System.Runtime.CompilerServices;
using System.Text;

namespace Tulip;

internal sealed class TaskRegistry(EventLoop loop) : LoopExtension
{
    private const int MinimumToPrune = 64;

    // A struct around the reference spares the check that a store to an array of an interface makes.
    private struct Place
    {
        public IAsyncTask? Task;
    }

    private readonly List<WeakReference<FailureRecord>> _failures = [];
    private Place[] _tasks = new Place[16];
    private int _count;
    private int _lastId;
    private int _pruneAt = MinimumToPrune;

    /// <summary>The delay, in nanoseconds, of the frame that suspends as <see cref="FrameStatus.AwaitsTime"/>.</summary>
    public long SleepRequest { get; set; }

    public ITaskFactory? Factory { get; set; }

    /// <summary>Who awaits a future, as far as call graphs were told so by hand; null if they never were.</summary>
    public ConditionalWeakTable<Future, List<Future>>? ToldWaiters { get; set; }

    public static TaskRegistry Of(EventLoop loop) => Unsafe.As<TaskRegistry?>(loop.Extension) ?? Create(loop);

    public static TaskRegistry OfRunningLoop() => Of(Aio.GetRunningLoop());

    public int NextId() => ++_lastId;

    public void Add(IAsyncTask task)
    {
        if (_count == _tasks.Length)
            Array.Resize(ref _tasks, _count * 2);
        task.Slot = _count;
        _tasks[_count++].Task = task;
    }

    public void Remove(IAsyncTask task)
    {
        // The last one moves into the gap.
        var slot = task.Slot;
        ref var end = ref _tasks[--_count];
        if (slot != _count)
        {
            _tasks[slot].Task = end.Task;
            end.Task!.Slot = slot;
        }

        end.Task = null;
    }

    /// <summary>The tasks that are not done, in the order of their creation.</summary>
    public IAsyncTask[] Snapshot()
    {
        var tasks = Array.ConvertAll(_tasks[.._count], static place => place.Task);
        Array.Sort(tasks, static (a, b) => a!.Id.CompareTo(b!.Id));
        return tasks!;
    }

    public void NoteFailure(FailureRecord record)
    {
        if (_failures.Count >= _pruneAt)
        {
            _failures.RemoveAll(static weak => !weak.TryGetTarget(out var old) || old.Seen);
            _pruneAt = Math.Max(MinimumToPrune, _failures.Count * 2);
        }

        _failures.Add(new WeakReference<FailureRecord>(record));
    }

    public override string DescribeWaiters()
    {
        var text = new StringBuilder();
        foreach (var task in Snapshot())
            text.AppendLine().Append("  ").Append(task);
        return text.ToString();
    }

    protected override void OnClosing()
    {
        // A copy: the handler that is told may itself make a future fail.
        foreach (var weak in _failures.ToArray())
        {
            if (weak.TryGetTarget(out var record))
                record.ReportIfUnseen();
        }

        _failures.Clear();
        foreach (var task in Snapshot())
        {
            loop.CallExceptionHandler(new LoopErrorContext("Task was pending when its loop was closed") { Task = task });
            ((Future)task).AbandonCallbacks();
        }

        _count = 0;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static TaskRegistry Create(EventLoop loop)
    {
        var registry = new TaskRegistry(loop);
        loop.Extension = registry;
        return registry;
    }
}
