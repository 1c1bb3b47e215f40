// StateMachineFrame: the frame of a coroutine that the compiler made a state machine of, from a pool per method.
// Thread: a pool belongs to a thread; a frame may be taken on one and given back on another.
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Tulip;

internal class StateMachineFrame<TStateMachine, T> : CoroutineFrame<T>
    where TStateMachine : IAsyncStateMachine
{
    private const int FirstCapacity = 16;

    [ThreadStatic]
    private static FramePool<StateMachineFrame<TStateMachine, T>>? t_pool;

    private TStateMachine _stateMachine = default!;

    public override FrameInfo Info => FrameInfo.Of<TStateMachine>.Instance;

    /// <summary>Copies a state machine that has not started into a frame. The machine's builder must name the frame already.</summary>
    public void Load(ref TStateMachine stateMachine)
    {
        _stateMachine = stateMachine;
        NoteCreated();
    }

    public static StateMachineFrame<TStateMachine, T> Rent() => t_pool?.TryRent() ?? Make();

    public override void MoveNext() => _stateMachine.MoveNext();

    public override void Recycle()
    {
        Clear();
        if (RuntimeHelpers.IsReferenceOrContainsReferences<T>())
            Result = default;
        _stateMachine = default!;
        (t_pool ??= new FramePool<StateMachineFrame<TStateMachine, T>>(FirstCapacity)).Return(this);
    }

    [UnconditionalSuppressMessage("Trimming", "IL2090", Justification = "Only for messages; without the field the place is the method's start.")]
    public override int StateNumber()
    {
        if (Status is FrameStatus.Created)
            return -1;

        return typeof(TStateMachine).GetField("<>1__state")?.GetValue(_stateMachine) is int state ? state : -1;
    }

    private static StateMachineFrame<TStateMachine, T> Make()
        => AwaitsForeign<TStateMachine>.Any ? new ForeignFrame<TStateMachine, T>() : new StateMachineFrame<TStateMachine, T>();
}
