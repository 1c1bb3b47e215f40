// GatheringFuture: what Gather returns. It ends when all children have ended or, unless it settles, with the first
// error; cancelling it cancels the children, and it then ends when they have.
namespace Tulip;

internal sealed class GatheringFuture<TResult> : Future<TResult>, IRelay
{
    private readonly Future[] _children;
    private readonly bool _settles;
    private readonly Func<Future[], TResult> _collect;
    private readonly int _distinct;
    private int _finished;
    private bool _cancelRequested;

    private GatheringFuture(EventLoop loop, Future[] children, int distinct, bool settles, Func<Future[], TResult> collect)
        : base(loop)
    {
        _children = children;
        _distinct = distinct;
        _settles = settles;
        _collect = collect;
    }

    Future? IRelay.Waiter => this;

    /// <summary>Starts what is not started and gathers it.</summary>
    /// <param name="loop">The children's loop.</param>
    /// <param name="awaitables">The children; one that comes twice is run once.</param>
    /// <param name="settles">Whether failures are results too (<c>return_exceptions=True</c>).</param>
    /// <param name="collect">Makes the result from the children, in their order.</param>
    public static Future<TResult> Start(EventLoop loop, ReadOnlySpan<IAwaitable> awaitables, bool settles, Func<Future[], TResult> collect)
    {
        var children = Schedule(loop, awaitables, out var distinct);
        var gathering = new GatheringFuture<TResult>(loop, children, distinct.Count, settles, collect);
        if (children.Length == 0)
        {
            gathering.FinishWith(collect(children));
            return gathering;
        }

        // Those that are done already are told last, in line: if all are, gathering is done at once.
        var done = new List<Future>();
        foreach (var child in distinct)
        {
            if (child.Done)
                done.Add(child);
            else
                child.AddCallback(new InternalCallback(child, gathering.OnChildDone));
        }

        foreach (var child in done)
            gathering.OnChildDone(child);
        return gathering;
    }

    /// <summary>Cancels the children; the gathering is cancelled when they have ended (asyncio's <c>_GatheringFuture</c>).</summary>
    public override bool Cancel(string? message = null)
    {
        Loop.CheckThread();
        if (Done)
            return false;

        var any = false;
        foreach (var child in _children)
            any |= child.Cancel(message);
        _cancelRequested |= any;
        return any;
    }

    private static Future[] Schedule(EventLoop loop, ReadOnlySpan<IAwaitable> awaitables, out List<Future> distinct)
    {
        var children = new Future[awaitables.Length];
        distinct = new List<Future>(awaitables.Length);
        var known = new Dictionary<object, Future>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < awaitables.Length; i++)
        {
            var awaitable = awaitables[i] ?? throw new ArgumentNullException(nameof(awaitables));
            var identity = awaitable.Identity;
            if (identity is not null && known.TryGetValue(identity, out var child))
            {
                children[i] = child;
                continue;
            }

            child = awaitable.ToFuture(loop);
            if (identity is not null)
                known.Add(identity, child);
            children[i] = child;
            distinct.Add(child);
        }

        return children;
    }

    private void OnChildDone(Future child)
    {
        _finished++;
        if (Done)
        {
            child.MarkRetrieved();
            return;
        }

        if (!_settles && child.Cancelled)
        {
            // A child that is cancelled by others is an error like any: its siblings are not cancelled.
            FinishFailed(child.MakeCancelledException());
            return;
        }

        if (!_settles && child.Failure is { } failure)
        {
            failure.MarkRetrieved();
            FinishFailed(failure.Info);
            return;
        }

        if (_finished == _distinct)
            FinishAll();
    }

    private void FinishAll()
    {
        foreach (var child in _children)
            child.MarkRetrieved();

        if (_cancelRequested)
            FinishFailed(_children[^1].MakeCancelledException());
        else
            FinishWith(_collect(_children));
    }
}
