namespace Tulip.Engines.Epoll;

/// <summary>One direction of a descriptor.</summary>
internal struct EpollDirection
{
    /// <summary>The operation's state; see <see cref="IoRequest.State"/>.</summary>
    public object? State;

    /// <summary>What is left to do of an operation that has to remember more: a send, a connect.</summary>
    public EpollPendingSend? Pending;

    /// <summary>Which operation is in flight; 0 if none.</summary>
    public int Operation;

    /// <summary>What it is.</summary>
    public IoOpcode Opcode;

    /// <summary>The kernel has said that a try may succeed, and none has said "not now" since.</summary>
    public bool IsReady;

    /// <summary>It stands in the queue of directions to try.</summary>
    public bool IsQueued;
}

/// <summary>What the engine knows of a descriptor.</summary>
internal struct EpollSlot
{
    public int Descriptor;

    /// <summary>A descriptor that is only watched: not owned, and registered anew for each poll.</summary>
    public bool IsWatch;

    /// <summary>No socket: read and written as a file.</summary>
    public bool IsFile;

    /// <summary>For a watch: whether the kernel knows it.</summary>
    public bool IsRegistered;

    /// <summary>The peer has ended its stream, or the connection has failed: read on until that shows.</summary>
    public bool IsHungUp;

    public EpollDirection Read;
    public EpollDirection Write;
}

/// <summary>A send that found no room.</summary>
internal sealed class EpollPendingSend
{
    public ReadOnlyMemory<byte> Buffer { get; init; }

    public ReadOnlyMemory<byte>[] Segments { get; init; } = [];

    public IoFilePart? File { get; init; }
}
