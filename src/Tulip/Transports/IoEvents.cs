// IoEvents: completions on their way from the engine to what they are for.
// Thread: the loop's.  Owns: a ring of completions, and the leases in them until they are handled.
//   1. For each completion here the loop's ready queue holds this object once: both are first in, first out, so that a
//      completion is handled in its own place among what is ready, and no connection needs a queue entry of its own.
//   2. What a transport wants to do later goes the same way, as a completion that no engine made (IoOpcode.None).
using Tulip.Engines;

namespace Tulip;

/// <summary>What is told of its completions by the ready queue.</summary>
internal interface IIoEventTarget : IIoTarget
{
    /// <summary>Handles a completion, or a step of its own; may run user code. It catches what that throws.</summary>
    void Handle(in IoCompletion completion);
}

internal sealed class IoEvents(EventLoop loop) : LoopItem
{
    private IoCompletion[] _ring = new IoCompletion[16];
    private int _head;
    private int _count;

    /// <summary>Has a completion handled by its target when its turn comes.</summary>
    public void Post(in IoCompletion completion)
    {
        if (_count == _ring.Length)
            Grow();

        _ring[(_head + _count) & (_ring.Length - 1)] = completion;
        _count++;
        loop.Enqueue(this);
    }

    /// <summary>Has a target do a step of its own in the next pass.</summary>
    public void PostStep(IIoEventTarget target, int step) => Post(new IoCompletion { State = target, Result = step });

    internal override void Run(EventLoop loop)
    {
        ref var place = ref _ring[_head];
        var completion = place;
        place = default;
        _head = (_head + 1) & (_ring.Length - 1);
        _count--;
        ((IIoEventTarget)completion.State!).Handle(completion);
    }

    private void Grow()
    {
        var larger = new IoCompletion[_ring.Length * 2];
        for (var i = 0; i < _count; i++)
            larger[i] = _ring[(_head + i) & (_ring.Length - 1)];
        _ring = larger;
        _head = 0;
    }
}
