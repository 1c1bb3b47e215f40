// LoopMiddleware: the border between Kestrel's code and the application's.
//   1. The application's code runs on its connection's loop with the loop's context current: whatever it awaits, it comes back.
//   2. Kestrel's code has no context. The task that Kestrel awaits is never the application's own: that one ends while the loop's context is
//      current, and .NET would then take Kestrel's continuation to the thread pool.
//   3. Where Kestrel is not on the loop (it begins HTTP/2 streams on the thread pool), or is inside the step of a task of Tulip's, the
//      request is brought there by the loop's queue.
using Microsoft.AspNetCore.Http;

namespace Tulip.AspNetCore;

internal sealed class LoopMiddleware(RequestDelegate next, ServerLoops loops)
{
    public Task Invoke(HttpContext context)
    {
        // The usual case needs no look at the features: on the only loop there is, whatever is served is served here.
        if (loops.Only is { } only && new LoopSwitch(only).IsCompleted)
            return RunHere(only, context);
        if (context.Features.Get<IEventLoopFeature>() is not { Loop: var loop })
            return next(context); // Another server's, or another transport's.

        return new LoopSwitch(loop).IsCompleted ? RunHere(loop, context) : BringToLoop(loop, context);
    }

    private Task RunHere(EventLoop loop, HttpContext context)
    {
        var outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(loop.SynchronizationContext);
        try
        {
            var task = next(context);
            return task.IsCompleted ? task : new HandlerEnd(task).Task;
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }
    }

    private async Task BringToLoop(EventLoop loop, HttpContext context)
    {
        await new LoopSwitch(loop);
        if (ReferenceEquals(EventLoop.RunningOrNull, loop))
            await RunHere(loop, context);
        else
            await next(context); // The loop is closed.
    }

    /// <summary>Ends when the application's task ends, on the loop, without a context.</summary>
    private sealed class HandlerEnd : TaskCompletionSource
    {
        private readonly Task _handler;

        /// <summary>Made while the loop's context is current.</summary>
        public HandlerEnd(Task handler)
        {
            _handler = handler;
            handler.GetAwaiter().UnsafeOnCompleted(OnEnd);
        }

        private void OnEnd()
        {
            var outer = ServerCode.Enter();
            try
            {
                SetFromTask(_handler);
            }
            finally
            {
                ServerCode.Leave(outer);
            }
        }
    }
}
