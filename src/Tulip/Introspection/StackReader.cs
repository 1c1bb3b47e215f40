// StackReader: the calls that a task stands in.
// Thread: that of the task's loop.
//   1. A suspended task's coroutines are its chain of frames; each knows by its state at which await it stands.
//   2. A running task has on the thread's stack what its innermost coroutine called, and that coroutine itself. Those
//      that await it are not on the stack, but in the chain.
//   3. What was looked up is kept for as long as one capture lasts: tasks of one kind stand in the same places.
using System.Collections;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Tulip;

internal sealed class StackReader
{
    private const BindingFlags Fields = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    private static readonly FrameCallGraphEntry s_sleep = new("Aio.Sleep", null, 0, CallKind.Async);

    // The code that runs coroutines, and continues methods of .NET's. Below it on the stack is the loop, or who started a task eagerly.
    private static readonly Type[] s_runners = [typeof(CoroutineFrame), typeof(LoopItem), typeof(EventLoop), typeof(ForeignAwait), typeof(TaskSynchronizationContext)];

    private readonly Dictionary<(Type StateMachine, int State), FrameCallGraphEntry> _known = [];

    /// <summary>The coroutines of a task, the innermost first; nothing if it is done.</summary>
    public List<FrameCallGraphEntry> ReadCoroutines(IAsyncTask task)
    {
        var stack = new List<FrameCallGraphEntry>();
        if (task.Frame is not { } frame)
            return stack;

        if (IsStepping(task))
        {
            AddChain(CoroutineFrame.RunningFrom(frame), stack);
            return stack;
        }

        if (frame.Status == FrameStatus.AwaitsTime)
            stack.Add(s_sleep);
        else if (frame.Status == FrameStatus.AwaitsForeign && DescribeSource(task.Extras.AwaitedSource) is { } foreign)
            stack.Add(foreign);
        AddChain(frame, stack);
        return stack;
    }

    /// <summary>The calls of the task that is running on this thread: the methods from the caller's inwards, and its coroutines.</summary>
    /// <param name="task">The current task.</param>
    /// <param name="depth">1 for the code outside of this folder as the innermost call, 2 for its caller and so on.</param>
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Only for messages; a method that cannot be told is left out.")]
    public List<FrameCallGraphEntry> ReadRunning(IAsyncTask task, int depth)
    {
        var running = task.Frame is { } frame ? IsStepping(task) ? CoroutineFrame.RunningFrom(frame) : frame : null;
        var ownMachine = IsStepping(task) ? running?.Info.StateMachine : null;
        var stack = new List<FrameCallGraphEntry>();
        var inside = true;
        foreach (var called in new StackTrace(fNeedFileInfo: false).GetFrames())
        {
            if (called.GetMethod() is not { DeclaringType: { } type } method || (inside && IsOwn(type)))
                continue;

            inside = false;
            if (Array.Exists(s_runners, runner => runner.IsAssignableFrom(OutermostType(type))))
                break;
            var isOwn = IsMachineOf(type, ownMachine);
            if (isOwn || !IsMachinery(method, type))
                stack.Add(Describe(method, type, called.GetILOffset()));
            if (!isOwn)
                continue;

            // The innermost coroutine is read from the stack, where its line is known.
            running = running!.Continuation;
            break;
        }

        if (running is not null)
            AddChain(running, stack);
        stack.RemoveRange(0, Math.Min(depth - 1, stack.Count));
        return stack;
    }

    /// <summary>The calls that an exception went through, the innermost first.</summary>
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Only for messages; a method that cannot be told is left out.")]
    public static List<FrameCallGraphEntry> ReadTrace(Exception exception)
    {
        var stack = new List<FrameCallGraphEntry>();
        foreach (var called in new StackTrace(exception, fNeedFileInfo: false).GetFrames())
        {
            if (called.GetMethod() is { DeclaringType: { } type } method && !IsMachinery(method, type))
                stack.Add(Describe(method, type, called.GetILOffset()));
        }

        return stack;
    }

    private static bool IsStepping(IAsyncTask task) => (((Future)task).Flags & FutureFlags.Stepping) != 0;

    private void AddChain(CoroutineFrame frame, List<FrameCallGraphEntry> stack)
    {
        for (var each = frame; each is not null; each = each.Continuation)
            stack.Add(Describe(each));
    }

    private FrameCallGraphEntry Describe(CoroutineFrame frame)
        => frame.Info.StateMachine is { } machine
            ? Describe(machine, frame.StateNumber(), CallKind.Async)
            : new FrameCallGraphEntry(frame.Info.Name, null, 0, CallKind.Async);

    private FrameCallGraphEntry Describe(Type machine, int state, CallKind kind)
    {
        if (_known.TryGetValue((machine, state), out var entry))
            return entry;

        var place = SourceLocations.Find(machine, state);
        entry = new FrameCallGraphEntry(FrameNames.OfStateMachine(machine), place?.File, place?.Line ?? 0, kind);
        _known.Add((machine, state), entry);
        return entry;
    }

    private static FrameCallGraphEntry Describe(MethodBase method, Type type, int offset)
    {
        var place = SourceLocations.Find(method, offset);
        if (method.Name != nameof(IAsyncStateMachine.MoveNext) || !type.Name.StartsWith('<'))
            return new FrameCallGraphEntry(FrameNames.Of(method), place?.File, place?.Line ?? 0, CallKind.Function);

        var kind = !typeof(IAsyncStateMachine).IsAssignableFrom(type) ? CallKind.Generator
            : IsAsyncIterator(type) ? CallKind.AsyncGenerator
            : CallKind.Async;
        return new FrameCallGraphEntry(FrameNames.OfStateMachine(type), place?.File, place?.Line ?? 0, kind);
    }

    /// <summary>The .NET method that a coroutine awaits, if that is one: its task's type names the state machine, and an
    /// iterator is one itself.</summary>
    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "Only for messages; without the field the place is the method's start.")]
    private FrameCallGraphEntry? DescribeSource(object? source)
    {
        var type = source?.GetType();
        if (type is null)
            return null;
        if (IsAsyncIterator(type))
            return Describe(type, StateOf(type, source!), CallKind.AsyncGenerator);
        if (!type.IsGenericType || Array.Find(type.GetGenericArguments(), typeof(IAsyncStateMachine).IsAssignableFrom) is not { } machine)
            return null;

        // It may be running on another thread just now: a state that is out of date gives another line, no more.
        var copy = type.GetField("StateMachine", Fields)?.GetValue(source);
        return Describe(machine, copy is null ? -1 : StateOf(machine, copy), CallKind.Async);
    }

    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "Only for messages; without the field the place is the method's start.")]
    private static int StateOf(Type machine, object copy)
    {
        // An iterator counts its awaits from 0 as other methods do, and its yields from -4 downwards.
        return machine.GetField("<>1__state", Fields)?.GetValue(copy) is int state ? state : -1;
    }

    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "Only for messages; an iterator that is not told is left out.")]
    private static bool IsAsyncIterator(Type type)
        => typeof(IAsyncStateMachine).IsAssignableFrom(type)
            && Array.Exists(type.GetInterfaces(), static i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IAsyncEnumerator<>));

    // The stack shows methods of generic types without their arguments.
    private static bool IsMachineOf(Type type, Type? machine)
        => machine is not null && (type == machine || (type.IsGenericType && machine.IsGenericType
            && type.GetGenericTypeDefinition() == machine.GetGenericTypeDefinition()));

    private static bool IsOwn(Type type)
        => OutermostType(type) is var outer && outer.Assembly == typeof(StackReader).Assembly
            && (outer == typeof(Aio) || outer == typeof(StackReader) || outer == typeof(CallGraphBuilder) || outer == typeof(TaskStacks));

    /// <summary>What .NET puts between an async method and the one that it continues, and what Tulip does for an await.</summary>
    private static bool IsMachinery(MethodBase method, Type type)
        => method.IsDefined(typeof(StackTraceHiddenAttribute)) || type.IsDefined(typeof(StackTraceHiddenAttribute))
            || Array.Exists(s_runners, runner => runner.IsAssignableFrom(OutermostType(type)))
            || (type.Assembly == typeof(object).Assembly
                && type.Namespace is "System.Runtime.CompilerServices" or "System.Runtime.ExceptionServices" or "System.Threading" or "System.Threading.Tasks");

    private static Type OutermostType(Type type)
    {
        while (type.DeclaringType is { } outer)
            type = outer;
        return type;
    }
}
