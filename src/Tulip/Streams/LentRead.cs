using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Tulip;

/// <summary>A read that lends what has come; see <see cref="AsyncStreamReader.ReadLent"/>. Nothing happens until it is awaited.</summary>
/// <remarks><threadsafety>Loop thread only.</threadsafety></remarks>
public readonly struct LentRead
{
    private readonly AsyncStreamReader _reader;

    internal LentRead(AsyncStreamReader reader) => _reader = reader;

    /// <summary>The same read as a coroutine, for <c>WaitFor</c>, <c>CreateTask</c> and their like.</summary>
    public async Coroutine<ReadOnlyMemory<byte>> AsCoroutine() => await this;

    /// <summary>Used by the compiler for <c>await</c>: takes what there is, or begins to wait for it.</summary>
    /// <exception cref="InvalidOperationException">Another task is reading, or the call comes from another thread than the loop's.</exception>
    public Awaiter GetAwaiter()
    {
        _reader.BeginRead();
        return new Awaiter(_reader, _reader.HasSomething ? null : _reader.BeginWait(nameof(AsyncStreamReader.ReadLent)));
    }

    /// <summary>Awaits a <see cref="LentRead"/>; used by the compiler.</summary>
    /// <remarks><threadsafety>Loop thread only.</threadsafety></remarks>
    public readonly struct Awaiter : ICriticalNotifyCompletion, IFrameAwaiter
    {
        private readonly AsyncStreamReader _reader;
        private readonly ReusableFuture? _waited;

        internal Awaiter(AsyncStreamReader reader, ReusableFuture? waited)
        {
            _reader = reader;
            _waited = waited;
        }

        /// <summary>Whether there are bytes, or the end is reached.</summary>
        public bool IsCompleted => _waited is null;

        /// <summary>The bytes; throws the reader's exception, or what cancelled the awaiting task.</summary>
        [StackTraceHidden]
        public ReadOnlyMemory<byte> GetResult()
        {
            if (_waited is not null)
                _reader.EndWait(_waited);
            return _reader.LendAll();
        }

        /// <summary>Goes on with a method that is not a coroutine.</summary>
        public void OnCompleted(Action continuation) => ForeignAwait.Run(_waited!, continuation);

        /// <inheritdoc cref="OnCompleted"/>
        public void UnsafeOnCompleted(Action continuation) => ForeignAwait.Run(_waited!, continuation);

        void IFrameAwaiter.Suspend(CoroutineFrame frame)
        {
            frame.Awaited = _waited;
            frame.Status = FrameStatus.AwaitsFuture;
        }
    }
}

/// <summary>The wait of a reader's own coroutines: it parks their task on the reader's one future.</summary>
internal readonly struct DataWait(AsyncStreamReader reader, ReusableFuture waited) : ICriticalNotifyCompletion, IFrameAwaiter
{
    public bool IsCompleted => false;

    public DataWait GetAwaiter() => this;

    [StackTraceHidden]
    public void GetResult() => reader.EndWait(waited);

    public void OnCompleted(Action continuation) => ForeignAwait.Run(waited, continuation);

    public void UnsafeOnCompleted(Action continuation) => ForeignAwait.Run(waited, continuation);

    void IFrameAwaiter.Suspend(CoroutineFrame frame)
    {
        frame.Awaited = waited;
        frame.Status = FrameStatus.AwaitsFuture;
    }
}
