using System.Net;
using System.Net.Sockets;

namespace Tulip;

/// <summary>The state of a <see cref="SocketTransport"/>.</summary>
[Flags]
internal enum TransportFlags : ushort
{
    None = 0,

    /// <summary>The protocol has been told of the connection: what is received may be delivered.</summary>
    Started = 1 << 0,

    /// <summary>A receive is in flight.</summary>
    Receiving = 1 << 1,

    /// <summary>The receive in flight has been asked to end.</summary>
    ReceiveCancelled = 1 << 2,

    /// <summary>The owner wants no data for now.</summary>
    ReadPaused = 1 << 3,

    /// <summary>Something that came in waits to be delivered, and everything that comes now waits behind it.</summary>
    Holding = 1 << 4,

    /// <summary>The peer has ended its stream.</summary>
    ReadEnded = 1 << 5,

    /// <summary>A send is in flight: it reads the first bytes of the output.</summary>
    Sending = 1 << 6,

    /// <summary>The loop has been asked to flush at the end of the pass.</summary>
    FlushQueued = 1 << 7,

    /// <summary>The protocol was told to pause writing, and not yet to resume.</summary>
    WritePaused = 1 << 8,

    /// <summary>The owner has ended the sending half.</summary>
    EofWritten = 1 << 9,

    /// <summary>Closed by its owner, or by an error: nothing is delivered, nothing more is accepted.</summary>
    Closing = 1 << 10,

    /// <summary>The protocol will be told of the end by the ready queue: nothing leaves any more. Implies Closing.</summary>
    Lost = 1 << 11,

    /// <summary>The protocol has been told of the end, and the socket is closed. Implies Lost.</summary>
    Ended = 1 << 12,

    /// <summary>The send in flight is told of only with other news: nothing has to be done after it.</summary>
    SendingQuietly = 1 << 13,

    /// <summary>A file is being sent: nothing else is written.</summary>
    FileSending = 1 << 14,

    /// <summary>The engine sends a part of that file.</summary>
    FileInEngine = 1 << 15,
}

/// <summary>What only some connections need, or only for a moment.</summary>
internal sealed class TransportExtras
{
    /// <summary>Who waits for <see cref="BaseProtocol.ConnectionMade"/>.</summary>
    public Future<Unit>? Waiter { get; set; }

    /// <summary>What broke the connection.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Who waits until everything has left.</summary>
    public Future<Unit>? Emptied { get; set; }

    public HeldInput? Held { get; set; }

    /// <summary>The execution context of the code that made the connection, if it is not the loop's.</summary>
    public ExecutionContext? Flow { get; set; }

    public EndPoint? Remote { get; set; }

    public EndPoint? Local { get; set; }

    public Socket? View { get; set; }

    /// <summary>Whether the connection's end is a reset, so that the peer does not take it for an orderly one.</summary>
    public bool Resets { get; set; }
}
