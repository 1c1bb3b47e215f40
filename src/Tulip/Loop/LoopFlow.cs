// LoopFlow: the execution context (AsyncLocal) that code on a loop has unless it brought its own.
// Thread: the loop's, but for what says otherwise.
//   1. While nobody sets an AsyncLocal, what is paid for it is a comparison of two references: the thread's field against
//      what that field held when the loop began to run.
//   2. The field is the runtime's own. Where it is not as expected, ExecutionContext.Capture is asked instead; it gives
//      the same answers and is slower (docs/decisions/0007).
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Tulip;

internal struct LoopFlow
{
    private const string FieldName = "_executionContext";

    // Constant once the code is hot: no branch remains.
    private static readonly bool s_fieldIsThere =
        typeof(Thread).GetField(FieldName, BindingFlags.Instance | BindingFlags.NonPublic)?.FieldType == typeof(ExecutionContext);

    private Thread? _thread;
    private ExecutionContext? _ownInThread;

    public LoopFlow()
    {
    }

    /// <summary>The context in which the loop was made or last began to run.</summary>
    public ExecutionContext? Own { get; private set; } = ExecutionContext.Capture();

    /// <summary>The current context, as <see cref="ExecutionContext.Capture"/> gives it. Only on the thread that runs the loop.</summary>
    public readonly ExecutionContext? Current
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => IsOwn ? Own : ExecutionContext.Capture();
    }

    /// <summary>Whether the loop's own context is the current one. A no may be wrong, a yes never is.</summary>
    private readonly bool IsOwn
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => s_fieldIsThere && ReferenceEquals(ContextOf(_thread!), _ownInThread);
    }

    /// <summary>The loop begins to run on the calling thread: its own context is the caller's.</summary>
    public void Renew()
    {
        Own = ExecutionContext.Capture();
        _thread = Thread.CurrentThread;
        if (s_fieldIsThere)
            _ownInThread = ContextOf(_thread);
    }

    /// <summary>The caller's context if it is not the loop's own. Any thread, whether or not the loop runs.</summary>
    public readonly ExecutionContext? Capture()
    {
        var flow = ExecutionContext.Capture();
        return ReferenceEquals(flow, Own) ? null : flow;
    }

    /// <summary>The same, only on the thread that runs the loop.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ExecutionContext? CaptureRunning() => IsOwn ? null : Capture();

    /// <summary>Makes the loop's own context current again. Only on the thread that runs the loop.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Restore()
    {
        if (!IsOwn)
            RestoreSlowly();
    }

    /// <summary>Makes a context current; null stands for one whose flow was suppressed, which is left alone.</summary>
    public static void Use(ExecutionContext? flow)
    {
        if (flow is not null)
            ExecutionContext.Restore(flow);
    }

    private readonly void RestoreSlowly()
    {
        if (!ReferenceEquals(ExecutionContext.Capture(), Own))
            Use(Own);
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = FieldName)]
    private static extern ref ExecutionContext? ContextOf(Thread thread);
}
