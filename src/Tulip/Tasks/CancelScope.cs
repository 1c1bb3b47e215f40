// CancelScope: a part of a task's work, and of the tasks that it starts in groups there, that can be cancelled as a whole.
// Thread: the loop's.
//   1. Scopes nest: a task has an innermost scope (TaskExtras.Scope), and each scope its parent. A scope is in effect
//      cancelled if it was cancelled, or if its parent is in effect and it is not a shield.
//   2. Level-triggered: each time a member task suspends while its innermost scope is in effect cancelled, that wait is
//      cancelled. A result that was on its way is delivered first: nothing is lost.
//   3. Deliveries are not counted by Task.Cancelling. On leaving, a scope absorbs the exception if it delivered one to
//      its host, no scope around it is cancelled, and nobody else asked the host to cancel meanwhile.
namespace Tulip;

/// <summary>A block of a coroutine that can be cancelled, by itself or at a deadline, without its task being cancelled (trio's and anyio's <c>CancelScope</c>).</summary>
/// <remarks>
/// <para>Made by <c>CancelScope.Run</c>, <c>Aio.MoveOnAfter</c> and <c>Aio.FailAfter</c>. Unlike a task's <c>Cancel</c>, which
/// throws once, a cancelled scope throws at every await inside it until it is left: code that must wait there, to clean
/// up, does so in <c>CancelScope.Run(…, shield: true)</c>, and code that catches and waits again would go round for
/// ever. It holds for tasks started in a <c>TaskGroup</c> inside it too. asyncio has no such thing.</para>
/// <threadsafety>Loop thread only.</threadsafety>
/// </remarks>
public sealed class CancelScope
{
    private readonly EventLoop _loop;
    private readonly IAsyncTask _host;
    private readonly int _cancellingOnEntry;
    private readonly List<CancelScope> _inner = [];
    private readonly HashSet<IAsyncTask> _members = [];
    private CancelScope? _parent;
    private TimerHandle? _timer;
    private long? _deadline;
    private bool _shield;
    private bool _delivered;
    private bool _left;

    private CancelScope(IAsyncTask host, bool shield)
    {
        _host = host;
        _loop = host.Loop;
        _shield = shield;
        _cancellingOnEntry = host.Cancelling;
        var parent = host.Extras.Scope;
        if (parent is not null)
            JoinTo(parent);
        Move(host, parent, this);
    }

    /// <summary>Whether <see cref="Cancel"/> was called or the deadline came.</summary>
    public bool CancelCalled { get; private set; }

    /// <summary>Whether the deadline cancelled it.</summary>
    public bool DeadlineCame { get; private set; }

    /// <summary>Whether the scope ended by its own cancel, which it absorbed. Known once it has ended.</summary>
    public bool CancelledCaught { get; private set; }

    /// <summary>Gets or sets when it cancels itself, in seconds on the loop's clock (<see cref="EventLoop.Time"/>); null for never.</summary>
    /// <exception cref="ArgumentException">The time is NaN.</exception>
    /// <exception cref="InvalidOperationException">Set after the scope has ended.</exception>
    public double? Deadline
    {
        get => _deadline is { } deadline ? LoopTime.ToSeconds(deadline) : null;
        set => SetDeadline(value is { } when ? LoopTime.FromSeconds(when, nameof(value)) : null);
    }

    /// <summary>Gets or sets whether it keeps out the cancelling of the scopes around it. A task's own <c>Cancel</c> comes through.</summary>
    public bool Shield
    {
        get => _shield;
        set
        {
            _shield = value;
            if (!value && InEffect)
                DeliverToMembers();
        }
    }

    /// <summary>Whether an await inside it throws: it, or a scope around it from which it is not shielded, was cancelled.</summary>
    public bool InEffect => CancelCalled || (!_shield && _parent is { InEffect: true });

    /// <summary>Cancels all that runs inside it, now and until it is left. Does nothing the second time.</summary>
    public void Cancel()
    {
        _loop.CheckThread();
        if (CancelCalled || _left)
            return;

        CancelCalled = true;
        _timer?.Cancel();
        DeliverToMembers();
    }

    /// <inheritdoc/>
    public override string ToString()
        => $"<CancelScope [{(_left ? "left" : InEffect ? "cancelled" : "active")}]{(_deadline is null ? "" : $" deadline={Deadline}")}{(_shield ? " shield" : "")}>";

    /// <summary>Enters a scope in the current task.</summary>
    internal static CancelScope Enter(bool shield)
        => new(Aio.CurrentTask() ?? throw new InvalidOperationException("A cancel scope must be used inside a task."), shield);

    internal void SetDeadline(long? when)
    {
        if (_left)
            throw new InvalidOperationException("The scope has ended.");

        _deadline = when;
        _timer?.Cancel();
        _timer = null;
        if (when is not { } deadline || CancelCalled)
            return;
        if (deadline <= _loop.Clock.Now)
            OnDeadline();
        else
            _timer = _loop.CallAtNanoseconds(deadline, OnDeadline);
    }

    /// <summary>Leaves the scope. True if the exception is its own cancel, and ends here.</summary>
    internal bool Leave(Exception? exception)
    {
        _left = true;
        _timer?.Cancel();
        _parent?._inner.Remove(this);
        Move(_host, this, _parent);
        foreach (var member in _members.ToArray())
            Move(member, this, _parent);

        _host.DropScopeCancel();
        CancelledCaught = exception is CancelledException
            && CancelCalled
            && _delivered
            && (_shield || _parent is not { InEffect: true })
            && _host.Cancelling <= _cancellingOnEntry;
        return CancelledCaught;
    }

    /// <summary>A task that is started inside the scope belongs to it until it is done.</summary>
    internal void Adopt(IAsyncTask task)
    {
        // One that was started eagerly may be in a scope of its own already, and may wait already.
        if (task.Extras.Scope is { } own)
            own.Outermost().JoinTo(this);
        else
            Move(task, null, this);
        task.Extras.Scope!.OnSuspended(task);
        var future = (Future)task;
        future.AddCallback(new InternalCallback(future, _ => task.Extras.Scope?._members.Remove(task)));
    }

    /// <summary>A member task has suspended: if the scope is cancelled in effect, that wait is cancelled too.</summary>
    internal void OnSuspended(IAsyncTask task)
    {
        if (InEffect)
            Deliver(task);
    }

    /// <summary>Whether a cancel of it, or of a scope around it, has a part in the exception that the task unwinds with. To
    /// the host it must have been delivered, for otherwise nobody would absorb it.</summary>
    internal bool HasPartInCancelOf(IAsyncTask task) => InEffect && (_delivered || !ReferenceEquals(task, _host));

    private CancelScope Outermost()
    {
        var scope = this;
        while (scope._parent is { } parent)
            scope = parent;
        return scope;
    }

    private void JoinTo(CancelScope parent)
    {
        _parent = parent;
        parent._inner.Add(this);
    }

    private static void Move(IAsyncTask task, CancelScope? from, CancelScope? to)
    {
        from?._members.Remove(task);
        to?._members.Add(task);
        task.Extras.Scope = to;
    }

    private void OnDeadline()
    {
        DeadlineCame = true;
        Cancel();
    }

    private void DeliverToMembers()
    {
        foreach (var member in _members.ToArray())
            Deliver(member);
        foreach (var inner in _inner.ToArray())
        {
            if (!inner._shield)
                inner.DeliverToMembers();
        }
    }

    private void Deliver(IAsyncTask task)
    {
        var struck = task.CancelWait("cancelled by a scope");

        // Every scope of the task's own whose cancel this may be: the exception is absorbed by the outermost of them. A
        // wait that was cancelled already is not cancelled twice, but is the scope's too if that request came inside it.
        for (var scope = this; scope is not null; scope = scope._shield ? null : scope._parent)
            scope._delivered |= ReferenceEquals(task, scope._host) && (struck || task.Cancelling > scope._cancellingOnEntry);
    }
}
