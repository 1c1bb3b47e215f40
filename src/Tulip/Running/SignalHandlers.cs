// SignalHandlers: a loop's answers to the process's signals.
// Thread: the loop's, but for OnSignal and Answers, which the thread calls on which .NET tells of signals: one after the
// other for all that have registered for a signal, in an order of its own.
//   1. A signal has at most one handler in a loop. What a handler that was replaced or removed still has in the queue
//      does nothing.
//   2. While a handler is registered the signal has no other effect, unless the loop is closed.
//   3. A handler may be removed, by the callback that it has posted, before all have been told of that signal.
using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Tulip;

internal sealed class SignalHandlers : IDisposable
{
    private readonly ConcurrentDictionary<PosixSignal, Handler> _handlers = new();
    private volatile PosixSignalContext? _answered;

    /// <summary>The handlers of a loop, made if there are none yet.</summary>
    public static SignalHandlers Of(EventLoop loop)
    {
        var extension = TaskRegistry.Of(loop);
        if (extension.Owned is SignalHandlers handlers)
            return handlers;

        handlers = new SignalHandlers();
        extension.Owned = handlers;
        return handlers;
    }

    /// <summary>Whether a handler of the loop answers a signal, or has answered it already. Any thread.</summary>
    public static bool Answers(EventLoop loop, PosixSignalContext signal)
        => loop.Extension?.Owned is SignalHandlers handlers
            && (ReferenceEquals(handlers._answered, signal) || handlers._handlers.ContainsKey(signal.Signal));

    public bool Has(PosixSignal signal) => _handlers.ContainsKey(signal);

    public void Set(EventLoop loop, PosixSignal signal, Action callback)
    {
        // The new one comes first: in no moment has the signal its usual effect.
        var handler = new Handler(this, loop, signal, callback);
        Remove(signal);
        _handlers[signal] = handler;
    }

    public bool Remove(PosixSignal signal)
    {
        if (!_handlers.TryRemove(signal, out var handler))
            return false;

        handler.Dispose();
        return true;
    }

    public void Dispose()
    {
        foreach (var signal in _handlers.Keys)
            Remove(signal);
    }

    private sealed class Handler : IDisposable
    {
        private readonly SignalHandlers _owner;
        private readonly EventLoop _loop;
        private readonly Action _callback;
        private readonly Action _deliver;
        private readonly Context _context;
        private readonly ExecutionContext? _flow;
        private readonly PosixSignalRegistration _registration;
        private bool _removed;

        public Handler(SignalHandlers owner, EventLoop loop, PosixSignal signal, Action callback)
        {
            _owner = owner;
            _loop = loop;
            _callback = callback;
            _deliver = Deliver;

            // One context for all its calls, as asyncio's handle has.
            _context = Context.CopyCurrent();
            _flow = loop.Flow.Capture();
            _registration = PosixSignalRegistration.Create(signal, OnSignal);
        }

        public void Dispose()
        {
            _removed = true;
            _registration.Dispose();
        }

        private void OnSignal(PosixSignalContext context)
        {
            _owner._answered = context;
            context.Cancel = _loop.TryPost(_deliver);
        }

        private void Deliver()
        {
            if (!_removed)
                CallbackItem.Invoke(_loop, _callback, _context, _flow);
        }
    }
}
