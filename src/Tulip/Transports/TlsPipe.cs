// TlsPipe: what an SslStream reads from and writes to: the bytes of a transport, in memory.
// Thread: loop thread only; the SslStream is driven so that it never leaves it (see TlsProtocol).
//   1. A read that finds bytes, or the end, completes at once; otherwise it is the one read that waits, and Feed
//      or End completes it in line.
//   2. Bytes that nobody has read yet are kept in rented memory, which goes back as soon as they are read.
//   3. A write goes to the transport at once, and never waits.
using System.Buffers;
using System.Threading.Tasks.Sources;

namespace Tulip;

internal sealed class TlsPipe(Transport raw) : Stream, IValueTaskSource<int>
{
    private byte[]? _kept;
    private int _start;
    private int _end;
    private bool _ended;

    private ManualResetValueTaskSourceCore<int> _read;
    private Memory<byte> _destination;
    private bool _isReading;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>How many bytes came and were not read.</summary>
    public int Kept => _end - _start;

    /// <summary>Bytes from the transport.</summary>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        Keep(bytes);
        CompleteRead();
    }

    /// <summary>The transport has no more bytes, now or ever.</summary>
    public void End()
    {
        _ended = true;
        CompleteRead();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Kept > 0 || _ended)
            return new ValueTask<int>(Take(buffer.Span));
        if (_isReading)
            throw new InvalidOperationException("The connection's bytes are being read already.");

        _read.Reset();
        _isReading = true;
        _destination = buffer;
        return new ValueTask<int>(this, _read.Version);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count)
        => throw new NotSupportedException("Reading would block the loop.");

    public override void Write(ReadOnlySpan<byte> buffer) => raw.Write(buffer);

    public override void Write(byte[] buffer, int offset, int count) => raw.Write(buffer.AsSpan(offset, count));

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        raw.Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        raw.Write(buffer.AsSpan(offset, count));
        return Task.CompletedTask;
    }

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    int IValueTaskSource<int>.GetResult(short token) => _read.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _read.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        => _read.OnCompleted(continuation, state, token, flags);

    private void CompleteRead()
    {
        if (!_isReading)
            return;

        _isReading = false;
        var destination = _destination;
        _destination = default;
        _read.SetResult(Take(destination.Span));
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (_kept is null)
        {
            _kept = ArrayPool<byte>.Shared.Rent(bytes.Length);
        }
        else if (_kept.Length - _end < bytes.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Kept + bytes.Length, Math.Min(_kept.Length * 2, 1024 * 1024)));
            _kept.AsSpan(_start, Kept).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_kept);
            (_kept, _start, _end) = (larger, 0, Kept);
        }

        bytes.CopyTo(_kept.AsSpan(_end));
        _end += bytes.Length;
    }

    private int Take(Span<byte> destination)
    {
        var count = Math.Min(destination.Length, Kept);
        if (count == 0)
            return 0;

        _kept.AsSpan(_start, count).CopyTo(destination);
        _start += count;
        if (_start == _end)
        {
            ArrayPool<byte>.Shared.Return(_kept!);
            (_kept, _start, _end) = (null, 0, 0);
        }

        return count;
    }
}
