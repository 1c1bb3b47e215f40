namespace Tulip.Engines;

/// <summary>What became of an operation, or one of several results of a multishot one.</summary>
/// <remarks><threadsafety>A value.</threadsafety></remarks>
public struct IoCompletion
{
    /// <summary>The request's <see cref="IoRequest.State"/>.</summary>
    public object? State { get; set; }

    /// <summary>What was asked for.</summary>
    public IoOpcode Opcode { get; set; }

    /// <summary>Zero or more: success, a number of bytes where there are any. Less: an error of <see cref="IoError"/>, negated.</summary>
    public int Result { get; set; }

    /// <summary>Whether the operation goes on and will complete again.</summary>
    public bool More { get; set; }

    /// <summary>For a datagram: how long its sender's address is, in bytes; it is at the beginning of <see cref="Data"/>.</summary>
    public byte AddressLength { get; set; }

    /// <summary>Whether the datagram was longer than any that the engine can receive, and its end is lost.</summary>
    public bool IsTruncated { get; set; }

    /// <summary>The engine's own mark on <see cref="Data"/>, for <see cref="IIoEngine.Return"/>.</summary>
    public int Lease { get; set; }

    /// <summary>An accepted connection.</summary>
    public IoHandle Handle { get; set; }

    /// <summary>Received bytes, lent until <see cref="IIoEngine.Return"/> is given this completion. Empty: nothing to give back.</summary>
    public ReadOnlyMemory<byte> Data { get; set; }

    /// <summary>The sender of a datagram (<see cref="IoAddress"/>); empty if it has no name. Lent as <see cref="Data"/> is.</summary>
    public readonly ReadOnlySpan<byte> Address => Data.Span[..AddressLength];

    /// <summary>The datagram that was received: the last bytes of <see cref="Data"/>.</summary>
    public readonly ReadOnlySpan<byte> Datagram => Data.Span[^Math.Max(Result, 0)..];
}
