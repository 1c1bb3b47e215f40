namespace Tulip;

/// <summary>A stream of bytes in both directions, as its owner sees it (<c>asyncio.Transport</c>, and with it
/// <c>ReadTransport</c> and <c>WriteTransport</c>).</summary>
/// <remarks>
/// A transport calls its protocol: <see cref="BaseProtocol.ConnectionMade"/> first, then what is received, and
/// <see cref="BaseProtocol.ConnectionLost"/> once, at the end.
/// <threadsafety>Loop thread only.</threadsafety>
/// </remarks>
public abstract class Transport : BaseTransport
{
    /// <summary>Whether the protocol is told what is received: not while reading is paused, nor once the transport is
    /// closing (<c>is_reading</c>).</summary>
    public abstract bool IsReading { get; }

    /// <summary>Whether the sending half can be ended alone (<c>can_write_eof</c>).</summary>
    public abstract bool CanWriteEof { get; }

    /// <summary>Stops telling the protocol what is received, so that the peer is held back in the end (<c>pause_reading</c>).
    /// Pausing twice, or a transport that is closing, is harmless.</summary>
    public abstract void PauseReading();

    /// <summary>Goes on telling the protocol what is received (<c>resume_reading</c>). Harmless if it was not paused.</summary>
    public abstract void ResumeReading();

    /// <summary>Sends bytes in order, without waiting: they are copied, and leave with what else is written in the same
    /// pass of the loop (<c>write</c>).</summary>
    /// <remarks>What cannot leave is kept; see <see cref="SetWriteBufferLimits"/>. Once the transport is closing, bytes are dropped
    /// without an error; the loop's exception handler is told of such a call after five of them.</remarks>
    /// <param name="data">The bytes; none is harmless.</param>
    /// <exception cref="InvalidOperationException"><see cref="WriteEof"/> was called.</exception>
    public abstract void Write(ReadOnlySpan<byte> data);

    /// <summary>Sends pieces one after the other, as one <see cref="Write"/> (<c>writelines</c>).</summary>
    /// <param name="pieces">The pieces; copied.</param>
    /// <exception cref="InvalidOperationException"><see cref="WriteEof"/> was called.</exception>
    public virtual void WriteLines(params IEnumerable<ReadOnlyMemory<byte>> pieces)
    {
        ArgumentNullException.ThrowIfNull(pieces);
        foreach (var piece in pieces)
            Write(piece.Span);
    }

    /// <summary>Ends the sending half once what was written has left; the peer reads the end, and this side can still
    /// receive (<c>write_eof</c>). Calling it twice is harmless.</summary>
    /// <exception cref="NotSupportedException"><see cref="CanWriteEof"/> is false.</exception>
    public abstract void WriteEof();

    /// <summary>Closes the transport at once: what has not left yet is dropped, and then the protocol's
    /// <see cref="BaseProtocol.ConnectionLost"/> is called with null (<c>abort</c>).</summary>
    public abstract void Abort();

    /// <summary>How many written bytes have not left yet (<c>get_write_buffer_size</c>).</summary>
    public abstract int GetWriteBufferSize();

    /// <summary>Sets when the protocol is told to pause and to resume writing (<c>set_write_buffer_limits</c>).</summary>
    /// <remarks>When more than <paramref name="high"/> bytes wait to leave, <see cref="BaseProtocol.PauseWriting"/> is called; when
    /// no more than <paramref name="low"/> are left, <see cref="BaseProtocol.ResumeWriting"/>: once for each crossing.</remarks>
    /// <param name="high">Bytes; null for four times <paramref name="low"/>, or 64 KiB if that is null too. 0 tells the
    /// protocol to pause whenever anything waits.</param>
    /// <param name="low">Bytes, not more than <paramref name="high"/>; null for a quarter of it.</param>
    /// <exception cref="ArgumentException">Not <c>high >= low >= 0</c>.</exception>
    public abstract void SetWriteBufferLimits(int? high = null, int? low = null);

    /// <summary>The limits in force, in bytes (<c>get_write_buffer_limits</c>).</summary>
    public abstract (int Low, int High) GetWriteBufferLimits();

    /// <summary>Whether the protocol has been told to pause writing, and not yet to resume it.</summary>
    internal virtual bool IsWritingPaused => GetWriteBufferSize() > GetWriteBufferLimits().High;

    /// <summary>Set while a file is sent in pieces: nobody else may write then.</summary>
    internal virtual bool RefusesWrites
    {
        set { }
    }

    private protected static InvalidOperationException FileInProgress() => new("Unable to write: SendFile() is in progress.");
}
