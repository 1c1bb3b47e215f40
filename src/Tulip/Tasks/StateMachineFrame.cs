// StateMachineFrame: the frame of a coroutine that the compiler made a state machine of, from a pool per method.
// Thread: a pool belongs to a thread; a frame may be taken on one and given back on another.
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Tulip;

internal sealed class StateMachineFrame<TStateMachine, T> : CoroutineFrame<T>
    where TStateMachine : IAsyncStateMachine
{
    /// <summary>Enough for the largest crowds that come again and again; what is above is left to the collector.</summary>
    private const int MaxPooled = 16 * 1024;

    [ThreadStatic]
    private static StateMachineFrame<TStateMachine, T>? t_free;

    [ThreadStatic]
    private static int t_freeCount;

    private TStateMachine _stateMachine = default!;

    public override FrameInfo Info => FrameInfo.Of<TStateMachine>.Instance;

    /// <summary>Copies a state machine that has not started into a frame. The machine's builder must name the frame already.</summary>
    public void Load(ref TStateMachine stateMachine)
    {
        _stateMachine = stateMachine;
        Status = FrameStatus.Created;
        if (DebugMode.IsActive)
            Awaited = new CallRecord(Info.Name, EventLoop.RunningOrNull);
    }

    public static StateMachineFrame<TStateMachine, T> Rent()
    {
        var frame = t_free;
        if (frame is null)
            return new StateMachineFrame<TStateMachine, T>();

        t_free = Unsafe.As<StateMachineFrame<TStateMachine, T>?>(frame.Awaited);
        t_freeCount--;
        frame.Awaited = null;
        return frame;
    }

    public override void MoveNext() => _stateMachine.MoveNext();

    public override void Recycle()
    {
        Version++;
        Status = FrameStatus.Free;
        Continuation = null;
        Aux = null;
        Awaited = null;
        if (RuntimeHelpers.IsReferenceOrContainsReferences<T>())
            Result = default;
        _stateMachine = default!;
        if (t_freeCount >= MaxPooled)
            return;

        Awaited = t_free;
        t_free = this;
        t_freeCount++;
    }

    [UnconditionalSuppressMessage("Trimming", "IL2090", Justification = "Only for messages; without the field the place is the method's start.")]
    public override int StateNumber()
    {
        if (Status is FrameStatus.Created)
            return -1;

        return typeof(TStateMachine).GetField("<>1__state")?.GetValue(_stateMachine) is int state ? state : -1;
    }
}
