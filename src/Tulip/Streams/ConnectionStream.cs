// ConnectionStream: a connection as System.IO.Stream, for code that knows nothing of Tulip.
// Thread: any. Reader and writer belong to the loop: on its thread they are used directly, from others by a task on it.
//   1. Whether a read or a write happened is decided on the loop: a token that comes too late changes nothing, and a
//      cancelled read leaves its bytes in the reader.
//   2. From another thread calls take effect in their order: each is posted, and begins in the order of the posts.
//   3. Only other threads may block here; the loop's thread never does.
using System.Net.Sockets;

namespace Tulip;

internal sealed class ConnectionStream(AsyncStreamWriter writer, ConnectionEnd end) : SequentialStream
{
    private readonly AsyncStreamReader _reader = writer.Reader;
    private readonly EventLoop _loop = writer.Loop;
    private volatile bool _disposed;

    public override bool CanRead => !_disposed;

    public override bool CanWrite => !_disposed;

    private bool OnLoop => ReferenceEquals(EventLoop.RunningOrNull, _loop);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<int>(cancellationToken);
        if (OnLoop && _reader.IsReadable)
            return ValueTask.FromResult(_reader.TakeNow(buffer.Span));
        return new ValueTask<int>(Run(ReadOnLoop(buffer), cancellationToken));
    }

    public override int Read(Span<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (OnLoop)
            return _reader.IsReadable ? _reader.TakeNow(buffer) : throw WouldBlock("ReadAsync");

        var memory = new byte[buffer.Length];
        var count = Run(ReadOnLoop(memory), default).GetAwaiter().GetResult();
        memory.AsSpan(0, count).CopyTo(buffer);
        return count;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled(cancellationToken);
        if (!OnLoop)
            return new ValueTask(Run(WriteOnLoop(buffer), cancellationToken));

        writer.Write(buffer.Span);
        return writer.MustDrain ? new ValueTask(Run(DrainOnLoop(), cancellationToken)) : default;
    }

    /// <summary>On the loop's thread it does not wait for a peer that reads slowly: await <see cref="WriteAsync(ReadOnlyMemory{byte}, CancellationToken)"/> instead.</summary>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (OnLoop)
            writer.Write(buffer);
        else
            Run(WriteOnLoop(buffer.ToArray()), default).GetAwaiter().GetResult();
    }

    public override Task FlushAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return cancellationToken.IsCancellationRequested ? Task.FromCanceled(cancellationToken)
            : OnLoop && !writer.MustDrain ? Task.CompletedTask
            : Run(DrainOnLoop(), cancellationToken);
    }

    public override void Flush()
    {
        if (!OnLoop)
            FlushAsync(default).GetAwaiter().GetResult();
    }

    public override async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;

        _disposed = true;
        if (!_loop.IsClosed)
            await Run(end.EndAndWait(), default).ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }

    protected override void Dispose(bool disposing)
    {
        if (_disposed || !disposing)
            return;

        _disposed = true;
        if (OnLoop)
            end.End();
        else
            _loop.TryPost((Action)end.End);
    }

    private static InvalidOperationException WouldBlock(string instead)
        => new($"The loop's own thread cannot wait here, for it is the one that receives. Await {instead} instead.");

    private Task<T> Run<T>(Coroutine<T> coroutine, CancellationToken cancellationToken)
        => OnLoop && !cancellationToken.CanBeCanceled
            ? _loop.CreateTask(coroutine).AsTask()
            : Aio.RunCoroutineThreadsafe(coroutine, _loop, cancellationToken);

    private Task Run(Coroutine coroutine, CancellationToken cancellationToken) => Run((Coroutine<Unit>)coroutine, cancellationToken);

    private async Coroutine<int> ReadOnLoop(Memory<byte> buffer)
    {
        try
        {
            // A read of no bytes waits for some, without a buffer: that is how pipes wait.
            await _reader.WaitUntilReadable();
            return _reader.TakeInto(buffer.Span);
        }
        catch (SocketException exception)
        {
            throw new IOException($"Unable to read from the connection: {exception.Message}", exception);
        }
    }

    private async Coroutine WriteOnLoop(ReadOnlyMemory<byte> buffer)
    {
        writer.Write(buffer.Span);
        await DrainOnLoop();
    }

    private async Coroutine DrainOnLoop()
    {
        try
        {
            await writer.Drain();
        }
        catch (SocketException exception)
        {
            throw new IOException($"Unable to write to the connection: {exception.Message}", exception);
        }
    }
}

/// <summary>What the end of a view means for its connection.</summary>
internal abstract class ConnectionEnd
{
    /// <summary>The view is disposed. On the loop's thread.</summary>
    public abstract void End();

    /// <summary>The same, waiting for what it began.</summary>
    public abstract Coroutine EndAndWait();
}
