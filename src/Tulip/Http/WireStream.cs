// WireStream: a Wire as System.IO.Stream.
// Thread: any; one read and one write at a time.
//   1. What reads on the loop goes on there, in line. What writes goes on on the loop, whichever thread it came from: that
//      is how the code of a connection that was begun on the thread pool comes to the loop, and it stays there.
//   2. What reads on another thread goes on on the thread pool: a program's code outside the loop is not drawn into it.
//   3. The Wire does not refer to it: a stream that was forgotten is collected, and closes its connection.
namespace Tulip;

internal sealed class WireStream(Wire wire) : SequentialStream
{
    private int _disposed;

    ~WireStream() => Dispose(false);

    public override bool CanRead => !IsDisposed;

    public override bool CanWrite => !IsDisposed;

    private bool IsDisposed => Volatile.Read(ref _disposed) != 0;

    private bool OnLoop => ReferenceEquals(EventLoop.RunningOrNull, wire.Loop);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        return cancellationToken.IsCancellationRequested
            ? ValueTask.FromCanceled<int>(cancellationToken)
            : wire.Read(buffer, cancellationToken);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        return cancellationToken.IsCancellationRequested
            ? ValueTask.FromCanceled(cancellationToken)
            : wire.Write(buffer, cancellationToken);
    }

    public override int Read(Span<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        if (OnLoop)
        {
            if (!wire.TryTake(buffer, out var taken, out var failure))
                throw WouldBlock();
            return failure is null ? taken : throw failure;
        }

        var memory = new byte[buffer.Length];
        var count = wire.Read(memory, default).AsTask().GetAwaiter().GetResult();
        memory.AsSpan(0, count).CopyTo(buffer);
        return count;
    }

    /// <summary>On the loop's thread it does not wait for a peer that reads slowly.</summary>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        if (OnLoop)
            wire.WriteNow(buffer);
        else
            wire.Write(buffer.ToArray(), default).AsTask().GetAwaiter().GetResult();
    }

    public override ValueTask DisposeAsync()
    {
        Dispose();
        return default;
    }

    protected override void Dispose(bool disposing)
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;

        if (OnLoop)
            wire.Close();
        else
            wire.Loop.TryPost((Action)wire.Close);
        base.Dispose(disposing);
    }

    private static InvalidOperationException WouldBlock()
        => new("The loop's own thread cannot wait here, for it is the one that receives. Await ReadAsync instead.");
}
