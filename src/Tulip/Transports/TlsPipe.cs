// TlsPipe: what an SslStream reads from and writes to: the bytes of a transport, in memory.
// Thread: loop thread only; the SslStream is driven so that it never leaves it (see TlsProtocol).
//   1. A record is given when all of it is here, one at a time: so whoever reads the SslStream when a record is ready gets its
//      content at once, and the SslStream keeps nothing back. What is no record, and what is left at the end, is given as it is.
//   2. A read that finds nothing ready is the one read that waits; CompleteRead completes it in line.
//   3. What is fed is lent: KeepRest copies what nobody has read into rented memory, which goes back as soon as it is read.
//   4. A write goes to the transport at once, and never waits.
using System.Buffers;
using System.Buffers.Binary;
using System.Threading.Tasks.Sources;

namespace Tulip;

internal sealed class TlsPipe(Transport raw) : SequentialStream, IValueTaskSource<int>
{
    private const int HeaderSize = 5;

    // Of 2^14 bytes, and what encryption may add in the oldest version (RFC 5246, 6.2.3).
    private const int MostInRecord = 16 * 1024 + 2048;

    private ReadOnlyMemory<byte> _lent;
    private byte[]? _kept;
    private int _start;
    private int _end;

    // What of the record at the front has not been given, once all of it is here.
    private int _record;
    private bool _isNoRecord;
    private bool _ended;

    private ManualResetValueTaskSourceCore<int> _read;
    private Memory<byte> _destination;
    private bool _isReading;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    /// <summary>How many bytes came and were not read.</summary>
    public int Kept => _kept is null ? _lent.Length : _end - _start;

    /// <summary>Whether a read would complete at once: with bytes, or with the end.</summary>
    public bool IsReady => _ended || FindRecord() > 0;

    private ReadOnlySpan<byte> Unread => _kept is null ? _lent.Span : _kept.AsSpan(_start, _end - _start);

    /// <summary>Bytes from the transport, lent until <see cref="KeepRest"/>, which has to follow.</summary>
    public void Feed(ReadOnlyMemory<byte> bytes)
    {
        if (_kept is null)
            _lent = bytes;
        else
            Append(bytes.Span);
    }

    /// <summary>Copies what is left of the lent bytes.</summary>
    public void KeepRest()
    {
        if (_lent.IsEmpty)
            return;

        _kept = ArrayPool<byte>.Shared.Rent(_lent.Length);
        _lent.CopyTo(_kept);
        (_start, _end) = (0, _lent.Length);
        _lent = default;
    }

    /// <summary>The transport has no more bytes, now or ever.</summary>
    public void End() => _ended = true;

    /// <summary>Completes the read that waits, if there is now what it waits for.</summary>
    public void CompleteRead()
    {
        if (!_isReading || !IsReady)
            return;

        _isReading = false;
        var destination = _destination;
        _destination = default;
        _read.SetResult(Take(destination.Span));
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (IsReady)
            return new ValueTask<int>(Take(buffer.Span));
        if (_isReading)
            throw new InvalidOperationException("The connection's bytes are being read already.");

        _read.Reset();
        _isReading = true;
        _destination = buffer;
        return new ValueTask<int>(this, _read.Version);
    }

    public override int Read(Span<byte> buffer) => throw new NotSupportedException("Reading would block the loop.");

    public override void Write(ReadOnlySpan<byte> buffer) => raw.Write(buffer);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        raw.Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    int IValueTaskSource<int>.GetResult(short token) => _read.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _read.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        => _read.OnCompleted(continuation, state, token, flags);

    /// <summary>How many bytes of the record at the front are still to be given; 0 if it is not all here.</summary>
    private int FindRecord()
    {
        if (_record > 0)
            return _record;

        var unread = Unread;
        if (_isNoRecord)
            return unread.Length;
        if (unread.Length < HeaderSize)
            return 0;

        // Kind, version 3.something, length. What is anything else is the SslStream's to refuse.
        var length = HeaderSize + BinaryPrimitives.ReadUInt16BigEndian(unread[3..]);
        if (unread[0] is < 20 or > 24 || unread[1] != 3 || length > HeaderSize + MostInRecord)
        {
            _isNoRecord = true;
            return unread.Length;
        }

        return unread.Length < length ? 0 : _record = length;
    }

    private int Take(Span<byte> destination)
    {
        var ready = FindRecord();
        var count = Math.Min(destination.Length, ready > 0 ? ready : Kept);
        Unread[..count].CopyTo(destination);
        _record = Math.Max(0, _record - count);
        if (_kept is null)
        {
            _lent = _lent[count..];
        }
        else if ((_start += count) == _end)
        {
            ArrayPool<byte>.Shared.Return(_kept);
            _kept = null;
        }

        return count;
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        if (_kept!.Length - _end < bytes.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Kept + bytes.Length, Math.Min(_kept.Length * 2, 1024 * 1024)));
            Unread.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_kept);
            (_kept, _start, _end) = (larger, 0, Kept);
        }

        bytes.CopyTo(_kept.AsSpan(_end));
        _end += bytes.Length;
    }
}
