// How a step begins: what the task waited for is settled, and it is decided whether the step throws in the await by which
// it goes on.
//   1. WaitCancelled: the cancel was passed on to the wait and is thrown with the wait's own message.
//   2. MustCancel, ScopeCancel: the cancel could not be passed on; any outcome but a cancel gives way to it.
using System.Runtime.CompilerServices;

namespace Tulip;

public sealed partial class AsyncTask<T>
{
    /// <summary>A cancelled wait throws with its own message, as the future would that asyncio waits for: the task's is
    /// for a cancel that could not be passed on.</summary>
    private protected override CancelledException TakePendingCancel()
    {
        if ((_flags & FutureFlags.WaitCancelled) == 0)
            return MakeCancelledException();

        var message = _waitsFor as string;
        _waitsFor = null;
        _flags &= ~FutureFlags.WaitCancelled;
        return new CancelledException(message);
    }

    /// <summary>Settles what the task waited for and decides whether the step begins by throwing. False if the task ends here.</summary>
    private bool BeginStep(EventLoop loop, CoroutineFrame frame)
    {
        var mustCancel = (_flags & FutureFlags.AnyCancel) != 0;
        var throws = mustCancel;
        switch (frame.Status)
        {
            case FrameStatus.AwaitsFuture:
                throws = GivesWay(mustCancel);
                break;

            case FrameStatus.AwaitsTime:
            case FrameStatus.Parked:
                throws |= (_flags & FutureFlags.WaitCancelled) != 0;
                _flags &= ~FutureFlags.SleepOver;
                break;

            case FrameStatus.AwaitsForeign:
                if (!SettleForeign(loop, mustCancel))
                    return true;
                throws = false;
                break;

            case FrameStatus.YieldsForeign:
                // .NET's own awaiter does not throw: the cancel stays pending.
                _flags &= ~FutureFlags.ScopeCancel;
                return true;

            case FrameStatus.Owned:
                return (_flags & FutureFlags.MustCancel) == 0 || !EndUnbegun(frame);
        }

        if (throws)
            _flags |= FutureFlags.ThrowPending;
        if (mustCancel)
            _flags &= ~FutureFlags.AnyCancel;
        if (mustCancel || throws)
            ExtrasOrNull?.EndEpisode();
        return true;
    }

    /// <summary>Whether what the awaited future brought gives way to a cancel that is pending.</summary>
    private bool GivesWay(bool mustCancel)
    {
        var future = Unsafe.As<Future>(_waitsFor!);
        _waitsFor = null;

        // Whatever the future brings, a cancel that was passed on to it has had its effect.
        ExtrasOrNull?.EndEpisode();

        // A future that was cancelled, or failed with a cancel as a gathering does, brings its own exception, and with it
        // the cancel is delivered. Any other outcome gives way to the cancel, and counts as seen.
        if (!mustCancel || future.Cancelled || future.Failure?.Exception is CancelledException)
            return false;

        future.MarkRetrieved();
        return true;
    }

    /// <summary>A .NET awaiter is done. True if a cancel that was pending is delivered with it.</summary>
    private bool SettleForeign(EventLoop loop, bool mustCancel)
    {
        loop.Idle.ForeignWaits--;
        var awaited = ForeignAwait.Settle(Extras);
        if (!mustCancel)
            return false;

        // The .NET awaiter throws for itself. If it brings a result instead, the cancel stays pending: the next await
        // throws, or the end of the coroutine is the task's cancellation.
        // (A scope asks again by itself.)
        if (awaited is not { IsCanceled: false })
            _flags |= FutureFlags.ForeignCancel;
        if (awaited is { IsCanceled: true })
            return true;

        _flags &= ~FutureFlags.ScopeCancel;
        return false;
    }

    /// <summary>A coroutine that is cancelled before its first step never runs.</summary>
    private bool EndUnbegun(CoroutineFrame frame)
    {
        Unsafe.As<CoroutineFrame<T>>(frame).Recycle();
        _flags &= ~FutureFlags.MustCancel;
        Leave(frame.Info);
        FinishCancelled(MakeCancelledException());
        return true;
    }
}
