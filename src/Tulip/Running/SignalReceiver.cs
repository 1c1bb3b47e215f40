// SignalReceiver: the process's signals as a stream.
// Thread: the loop's.  Owns: the loop's handlers for its signals, until Dispose.
//   1. A signal is in the queue at most once: one that comes again before it is received is the same news.
using System.Runtime.InteropServices;

namespace Tulip;

/// <summary>Receives signals one after the other, with <c>await foreach</c> (trio's and anyio's <c>open_signal_receiver</c>);
/// <c>Aio.OpenSignalReceiver</c> makes it.</summary>
/// <remarks>
/// While it is open the signals have no other effect. A signal that comes several times before it is received is received
/// once, as the system itself does it. Dispose it, to give the signals their usual effect again.
/// <threadsafety>Loop thread only.</threadsafety>
/// </remarks>
public sealed class SignalReceiver : IDisposable
{
    private readonly EventLoop _loop;
    private readonly AsyncQueue<PosixSignal> _queue = new();
    private readonly HashSet<PosixSignal> _waiting = [];
    private readonly List<PosixSignal> _signals = [];

    internal SignalReceiver(EventLoop loop, ReadOnlySpan<PosixSignal> signals)
    {
        _loop = loop;
        try
        {
            foreach (var signal in signals)
                Add(signal);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Waits for the next signal. A cancelled wait loses none.</summary>
    /// <exception cref="ObjectDisposedException">The receiver is disposed, perhaps meanwhile.</exception>
    public async Coroutine<PosixSignal> Receive()
    {
        try
        {
            var signal = await _queue.Get();
            _waiting.Remove(signal);
            return signal;
        }
        catch (QueueShutDownException)
        {
            throw new ObjectDisposedException(nameof(SignalReceiver));
        }
    }

    /// <summary>For <c>await foreach</c>, which ends when the receiver is disposed.</summary>
    public AsyncEnumerator GetAsyncEnumerator() => new(this);

    /// <summary>Gives the signals their usual effect again; what was not received is dropped. Does nothing the second time.</summary>
    public void Dispose()
    {
        foreach (var signal in _signals)
            _loop.RemoveSignalHandler(signal);
        _signals.Clear();
        _queue.Shutdown(immediate: true);
    }

    private void Add(PosixSignal signal)
    {
        if (_signals.Contains(signal))
            return;
        if (SignalHandlers.Of(_loop).Has(signal))
            throw new InvalidOperationException($"The loop has a handler for {signal} already: remove it, or dispose the receiver that it belongs to.");

        _loop.AddSignalHandler(signal, () => OnSignal(signal));
        _signals.Add(signal);
    }

    private void OnSignal(PosixSignal signal)
    {
        if (_waiting.Add(signal))
            _queue.PutNoWait(signal);
    }

    /// <summary>Receives signals until the receiver is disposed.</summary>
    /// <remarks><threadsafety>Loop thread only.</threadsafety></remarks>
    public sealed class AsyncEnumerator
    {
        private readonly SignalReceiver _receiver;

        internal AsyncEnumerator(SignalReceiver receiver) => _receiver = receiver;

        /// <summary>The signal received last.</summary>
        public PosixSignal Current { get; private set; }

        /// <summary>Waits for the next signal; false when the receiver is disposed.</summary>
        public async Coroutine<bool> MoveNextAsync()
        {
            try
            {
                Current = await _receiver.Receive();
                return true;
            }
            catch (ObjectDisposedException)
            {
                return false;
            }
        }
    }
}
