namespace Tulip.Engines.Uring;

/// <summary>Where an operation is.</summary>
internal enum UringPhase : byte
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>The kernel has it, and will complete it.</summary>
    InKernel,

    /// <summary>A send that is over, one way or the other, as soon as the kernel has been entered.</summary>
    Sending,

    /// <summary>A send that waits for room.</summary>
    AwaitingRoom,

    /// <summary>A receive that waits for a buffer; the kernel does not know it.</summary>
    AwaitingBuffer,
}

/// <summary>One direction of a descriptor.</summary>
internal struct UringDirection
{
    /// <summary>The operation's state; see <see cref="IoRequest.State"/>.</summary>
    public object? State;

    /// <summary>What a send sends.</summary>
    public UringSend? Send;

    /// <summary>Which operation is in flight; 0 if none.</summary>
    public int Operation;

    /// <summary>What it is.</summary>
    public IoOpcode Opcode;

    /// <summary>Where it is.</summary>
    public UringPhase Phase;

    /// <summary>Its early end was asked for: it is not begun again.</summary>
    public bool IsCancelled;
}

/// <summary>What the engine knows of a descriptor.</summary>
internal struct UringSlot
{
    public int Descriptor;

    /// <summary>A descriptor that is only watched: not owned.</summary>
    public bool IsWatch;

    /// <summary>No socket: read when a poll says so, and written by system calls of its own.</summary>
    public bool IsFile;

    /// <summary>Its user has closed it; the descriptor goes when both directions have ended.</summary>
    public bool IsClosing;

    public UringDirection Read;
    public UringDirection Write;
}
