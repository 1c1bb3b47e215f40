// CallbackItem: a callback that needs more than its place in the ready queue: it comes from another thread, or it
// carries a context (ContextVar) or an execution context (AsyncLocal) that is not the loop's own.
namespace Tulip;

internal sealed class CallbackItem(Action callback, Context? context, ExecutionContext? flow, Action? ifClosed = null) : LoopItem
{
    private const int Waiting = 0;
    private const int Started = 1;
    private const int WasCancelled = 2;

    private Action? _callback = callback;
    private int _state;

    public bool Cancelled => Volatile.Read(ref _state) == WasCancelled;

    public bool Cancel()
    {
        if (Interlocked.CompareExchange(ref _state, WasCancelled, Waiting) != Waiting)
            return false;

        _callback = null;
        return true;
    }

    internal override void Run(EventLoop loop)
    {
        if (Interlocked.CompareExchange(ref _state, Started, Waiting) != Waiting)
            return;

        var callback = _callback!;
        _callback = null;
        Invoke(loop, callback, context, flow);
    }

    internal override void Abandon()
    {
        if (Cancel())
            ifClosed?.Invoke();
    }

    /// <summary>Runs a callback in a context and a flow of its own.</summary>
    public static void Invoke(EventLoop loop, Action callback, Context? context, ExecutionContext? flow)
    {
        loop.CurrentContext = context;
        LoopFlow.Use(flow);
        try
        {
            callback();
        }
        catch (Exception exception)
        {
            ErrorReport.OnCallbackError(loop, callback, exception);
        }
        finally
        {
            loop.CurrentContext = null;
            loop.Flow.Restore();
        }
    }
}
