namespace Tulip;

/// <summary>The state of a future and, in the higher bits, of the task that it may be.</summary>
[Flags]
internal enum FutureFlags
{
    /// <summary>Not done.</summary>
    Pending = 0,

    /// <summary>Done, with a result.</summary>
    Finished = 1,

    /// <summary>Done, with an exception.</summary>
    Failed = 2,

    /// <summary>Done, cancelled.</summary>
    Cancelled = 4,

    /// <summary>Any of the ends.</summary>
    Done = Finished | Failed | Cancelled,

    /// <summary>The ends that throw.</summary>
    Unsuccessful = Failed | Cancelled,

    /// <summary>Task: a cancel was asked for and could not be passed on; the next step begins by throwing it. Set by
    /// Cancel, cleared by that step, by an await that passes it on, and by Uncancel to zero.</summary>
    MustCancel = 0x10,

    /// <summary>Task: the step that begins now throws at the await it resumes. Never set between steps.</summary>
    ThrowPending = 0x20,

    /// <summary>Task: its code is running; what its frame last waited for is over.</summary>
    Stepping = 0x40,

    /// <summary>Task: its timer was due and the first of a sleeper's two hops is in the ready queue.</summary>
    HopQueued = 0x80,

    /// <summary>Task: its sleep or parking was cancelled and the wake-up is in the ready queue; cleared by the throw.</summary>
    WaitCancelled = 0x100,

    /// <summary>Task: the sleep is over and the wake-up is in the ready queue.</summary>
    SleepOver = 0x200,

    /// <summary>Task: as MustCancel, but asked for by a <see cref="CancelScope"/>, for the present wait only; dropped when
    /// the scope is left.</summary>
    ScopeCancel = 0x800,

    /// <summary>Either way of asking for a throw.</summary>
    AnyCancel = MustCancel | ScopeCancel,

    /// <summary>Task: a cancel that the step must look at before it begins, whatever the task waited for.</summary>
    ToSettle = AnyCancel | WaitCancelled,

    /// <summary>Task: a cancel went to a .NET task; an <see cref="OperationCanceledException"/> that leaves the
    /// coroutine is its answer.</summary>
    ForeignCancel = 0x400,

    /// <summary>Task: it is just passing a cancel on to the future it waits for; met again on the way, tasks wait in a circle.</summary>
    PassingCancel = 0x1000,
}
