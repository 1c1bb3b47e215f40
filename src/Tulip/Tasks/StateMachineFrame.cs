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
    private static Pool? t_pool;

    private TStateMachine _stateMachine = default!;

    public override FrameInfo Info => FrameInfo.Of<TStateMachine>.Instance;

    /// <summary>Copies a state machine that has not started into a frame. The machine's builder must name the frame already.</summary>
    public void Load(ref TStateMachine stateMachine)
    {
        _stateMachine = stateMachine;
        Status = FrameStatus.Created;
        if (DebugMode.IsActive)
            Awaited = new CallRecord(Info.Name, Info.Places, EventLoop.RunningOrNull);
    }

    public static StateMachineFrame<TStateMachine, T> Rent()
    {
        var pool = t_pool;
        if (pool is null || pool.Count == 0)
            return new StateMachineFrame<TStateMachine, T>();

        // Left in its place: where calls return in order, the frame comes back to it, and the store is spared.
        ref var place = ref pool.Places[--pool.Count];
        var frame = place.Frame!;
        if (DebugMode.IsActive)
            place.Frame = null; // or a call that nobody awaits would be found only when its place is needed
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
        var pool = t_pool ??= new Pool();
        if (pool.Count == pool.Places.Length && !pool.TryGrow())
            return;

        ref var place = ref pool.Places[pool.Count++];
        if (!ReferenceEquals(place.Frame, this))
            place.Frame = this;
    }

    [UnconditionalSuppressMessage("Trimming", "IL2090", Justification = "Only for messages; without the field the place is the method's start.")]
    public override int StateNumber()
    {
        if (Status is FrameStatus.Created)
            return -1;

        return typeof(TStateMachine).GetField("<>1__state")?.GetValue(_stateMachine) is int state ? state : -1;
    }

    private sealed class Pool
    {
        public struct Place
        {
            public StateMachineFrame<TStateMachine, T>? Frame;
        }

        public Place[] Places = new Place[16];
        public int Count;

        public bool TryGrow()
        {
            if (Places.Length >= MaxPooled)
                return false;
            Array.Resize(ref Places, Places.Length * 2);
            return true;
        }
    }
}
