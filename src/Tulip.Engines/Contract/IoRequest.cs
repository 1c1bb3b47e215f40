using System.Net;

namespace Tulip.Engines;

/// <summary>One operation, as plain data; <see cref="IoOpcode"/> says which fields count.</summary>
/// <remarks><threadsafety>A value.</threadsafety></remarks>
public struct IoRequest
{
    /// <summary>What to do.</summary>
    public IoOpcode Opcode { get; set; }

    /// <summary>For a poll: whether to wait for room to write rather than for something to read.</summary>
    public bool ForWriting { get; set; }

    /// <summary>Whether <see cref="Buffer"/> and <see cref="Segments"/> lie on the pinned object heap, so that the engine need not pin them.</summary>
    public bool IsPinned { get; set; }

    /// <summary>For a send: whether nobody waits for its success, so that this alone need not end a wait; it is told with
    /// whatever ends the wait. A failure, or a part only being sent, does end it. A hint, for engines that send while they wait.</summary>
    public bool IsQuiet { get; set; }

    /// <summary>What to do it with.</summary>
    public IoHandle Handle { get; set; }

    /// <summary>Comes back in every completion; the engine never looks at it.</summary>
    public object? State { get; set; }

    /// <summary>What to send; must not change until the last completion. Not empty, unless <see cref="Segments"/> are given.</summary>
    public ReadOnlyMemory<byte> Buffer { get; set; }

    /// <summary>Several pieces to send as one, instead of <see cref="Buffer"/>; the engine reads the array during
    /// <see cref="IIoEngine.Submit"/> only, the bytes until the last completion. It may send fewer pieces than given.</summary>
    public ArraySegment<ReadOnlyMemory<byte>> Segments { get; set; }

    /// <summary>What to send of which file.</summary>
    public IoFilePart? File { get; set; }

    /// <summary>Where to connect to.</summary>
    public EndPoint? Address { get; set; }

    /// <summary>In which direction of the handle it is an operation.</summary>
    internal readonly bool IsWriting => Opcode switch
    {
        IoOpcode.Send or IoOpcode.SendFile or IoOpcode.SendTo or IoOpcode.Connect => true,
        IoOpcode.Poll => ForWriting,
        _ => false,
    };
}
