// TlsTransport: a secured connection, as its protocol sees it.
// Thread: loop thread only.  Owns: the bytes written in this pass, which are encrypted when they fill a record, the rest at its end.
using System.Buffers;

namespace Tulip;

internal sealed class TlsTransport(EventLoop loop, TlsProtocol tls) : Transport, IIoTarget
{
    // A TLS record holds no more.
    private const int GatherSize = 16 * 1024;

    private byte[]? _gathered;
    private int _count;
    private bool _isFlushQueued;
    private bool _refusesWrites;

    public override bool IsClosing => tls.IsClosing || tls.Raw.IsClosing;

    public override bool IsReading => !tls.IsPaused && !IsClosing;

    public override bool CanWriteEof => false;

    internal override bool IsWritingPaused => tls.Raw.IsWritingPaused;

    internal override bool RefusesWrites
    {
        set => _refusesWrites = value;
    }

    public override void Write(ReadOnlySpan<byte> data)
    {
        if (_refusesWrites)
            throw FileInProgress();
        if (tls.IsClosing)
            return;

        while (!data.IsEmpty)
        {
            _gathered ??= ArrayPool<byte>.Shared.Rent(GatherSize);
            var room = Math.Min(GatherSize - _count, data.Length);
            data[..room].CopyTo(_gathered.AsSpan(_count));
            _count += room;
            data = data[room..];

            // Nothing more fits into this record: it is encrypted while the processor's cache has it.
            if (_count == GatherSize)
                Flush();
        }

        if (_count == 0 || _isFlushQueued)
            return;

        _isFlushQueued = true;
        loop.Io.FlushLater(this);
    }

    public override void WriteEof()
        => throw new NotSupportedException("TLS cannot end the sending half alone: close the transport.");

    public override void Close()
    {
        Flush();
        tls.Close();
    }

    public override void Abort()
    {
        DropGathered();
        tls.Raw.Abort();
    }

    public override void PauseReading() => tls.PauseReading();

    public override void ResumeReading() => tls.ResumeReading();

    public override int GetWriteBufferSize() => _count + tls.Raw.GetWriteBufferSize();

    public override void SetWriteBufferLimits(int? high = null, int? low = null) => tls.Raw.SetWriteBufferLimits(high, low);

    public override (int Low, int High) GetWriteBufferLimits() => tls.Raw.GetWriteBufferLimits();

    public override BaseProtocol GetProtocol() => tls.Above;

    public override void SetProtocol(BaseProtocol protocol)
    {
        ArgumentNullException.ThrowIfNull(protocol);
        if (protocol is not (Protocol or BufferedProtocol))
            throw new ArgumentException("A stream's transport serves a Protocol or a BufferedProtocol.", nameof(protocol));
        tls.Above = protocol;
    }

    public override object? GetExtraInfo(string name) => name switch
    {
        TlsInfo.SslStreamName => tls.Ssl,
        TlsInfo.PeerCertificateName => tls.Ssl.RemoteCertificate,
        TlsInfo.CipherName => tls.Ssl.NegotiatedCipherSuite,
        TlsInfo.ProtocolName => tls.Ssl.SslProtocol,
        TlsInfo.AlpnName => tls.Ssl.NegotiatedApplicationProtocol.ToString(),
        _ => tls.Raw.GetExtraInfo(name),
    };

    /// <summary>Encrypts what the pass has written.</summary>
    public void Flush()
    {
        if (_count == 0)
            return;

        tls.Encrypt(_gathered!, _count);
        DropGathered();
    }

    void IIoTarget.Flush()
    {
        _isFlushQueued = false;
        Flush();
    }

    void IIoTarget.Complete(in Engines.IoCompletion completion) => throw new System.Diagnostics.UnreachableException();

    private void DropGathered()
    {
        if (_gathered is not null)
            ArrayPool<byte>.Shared.Return(_gathered);
        _gathered = null;
        _count = 0;
    }
}
