namespace Tulip.Engines;

/// <summary>What a request asks for.</summary>
/// <remarks><threadsafety>A value.</threadsafety></remarks>
public enum IoOpcode : byte
{
    /// <summary>Nothing; not a valid request.</summary>
    None,

    /// <summary>Accepts connections until cancelled or failed (multishot). Each completion has the connection in
    /// <see cref="IoCompletion.Handle"/>, owned by whoever gets it.</summary>
    Accept,

    /// <summary>Connects to <see cref="IoRequest.Address"/>.</summary>
    Connect,

    /// <summary>Receives until cancelled, failed, or the peer has sent everything (multishot). Each completion lends its
    /// bytes (<see cref="IoCompletion.Data"/>); the last one, of a peer that has ended its stream, has none and the result 0.</summary>
    Receive,

    /// <summary>Sends <see cref="IoRequest.Buffer"/> or <see cref="IoRequest.Segments"/>; the result is how many bytes the
    /// kernel took, at least 1: whoever has more to send submits the rest.</summary>
    Send,

    /// <summary>Waits until a descriptor is ready to be read (<see cref="IoRequest.ForWriting"/> false) or written, or has
    /// failed; the result is 0. Once: ask again to hear again.</summary>
    Poll,

    /// <summary>Sends <see cref="IoRequest.File"/>, if the engine has <see cref="IoFeatures.SendFile"/>; the result is how many bytes
    /// the kernel took, 0 at the file's end. It is in the way of a send.</summary>
    SendFile,

    /// <summary>Receives datagrams until cancelled (multishot). Each completion lends one, also an empty one, with its sender
    /// (<see cref="IoCompletion.Datagram"/>, <see cref="IoCompletion.Address"/>), or tells what the network has reported of an
    /// earlier one that was sent: an error, which ends the operation only if <see cref="IoCompletion.More"/> is false.</summary>
    ReceiveFrom,

    /// <summary>Sends datagrams: <see cref="IoRequest.Segments"/> are pairs, an address (<see cref="IoAddress"/>; empty for the
    /// connected peer) and a datagram, which may be empty. The result is how many datagrams the kernel took, at least 1, or the
    /// error of the first one, which was not sent: whoever has more to send submits the rest. It is in the way of a send.</summary>
    SendTo,

    /// <summary>An operation of <see cref="IFileEngine"/>: in completions only.</summary>
    File,
}
