// CoroutineEndpoint: how the result of a handler that returns a coroutine becomes the result of a task.
// Thread: the connection's loop.
//   1. ASP.NET Core binds the parameters and calls the handler, which returns a cold coroutine. The innermost filter of the endpoint gets
//      it, runs it as a task and gives its result to ASP.NET Core, which writes it as it writes any other.
//   2. The task begins at once, so that a handler that does not wait takes no turn of the loop.
//   3. When the client goes away the task is cancelled, by the loop's queue.
using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;

namespace Tulip.AspNetCore;

internal abstract class CoroutineEndpoint
{
    /// <summary>What runs the coroutines of one endpoint; null if the type is no coroutine's.</summary>
    [RequiresDynamicCode("The result's type is known at run time only.")]
    [UnconditionalSuppressMessage("Trimming", "IL2055", Justification = "The class has no requirements on its type argument.")]
    public static CoroutineEndpoint? Of(Type type)
    {
        if (type == typeof(Coroutine))
            return new Untyped();

        return type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Coroutine<>)
            ? (CoroutineEndpoint)Activator.CreateInstance(typeof(Typed<>).MakeGenericType(type.GetGenericArguments()))!
            : null;
    }

    /// <summary>The filter: it calls the handler, and runs what that returns.</summary>
    public EndpointFilterDelegate Filter(EndpointFilterDelegate handler) => invocation =>
    {
        var called = handler(invocation);
        return called.IsCompletedSuccessfully ? Run(called.Result, invocation.HttpContext) : Continue(called, invocation.HttpContext);
    };

    protected abstract ValueTask<object?> Start(object coroutine, EventLoop loop, HttpContext context);

    private async ValueTask<object?> Continue(ValueTask<object?> called, HttpContext context) => await Run(await called, context);

    private ValueTask<object?> Run(object? returned, HttpContext context)
    {
        // What is no coroutine comes from ASP.NET Core: the parameters could not be bound.
        if (returned is not IAwaitable)
            return new(returned);

        var loop = context.Features.Get<IEventLoopFeature>()?.Loop ?? throw new InvalidOperationException(
            "A coroutine was mapped to a route, but the connection is not carried by an event loop: call UseTulip() on the web host's builder.");
        return ReferenceEquals(EventLoop.RunningOrNull, loop) ? Start(returned, loop, context) : BringToLoop(returned, loop, context);
    }

    private async ValueTask<object?> BringToLoop(object coroutine, EventLoop loop, HttpContext context)
    {
        await new LoopSwitch(loop);
        return await Start(coroutine, loop, context);
    }

    private static ValueTask<object?> StartTask<T>(Coroutine<T> coroutine, EventLoop loop, HttpContext context, Func<T, object?> toObject)
    {
        var task = loop.CreateTask(coroutine, eagerStart: true);
        return task.Done && !task.Cancelled && task.Exception() is null
            ? new(toObject(task.Result()))
            : new(new CoroutineRun<T>(task, loop, toObject, context.RequestAborted).Task);
    }

    private sealed class Untyped : CoroutineEndpoint
    {
        protected override ValueTask<object?> Start(object coroutine, EventLoop loop, HttpContext context)
            => StartTask((Coroutine<Unit>)(Coroutine)coroutine, loop, context, static _ => Results.Empty);
    }

    private sealed class Typed<T> : CoroutineEndpoint
    {
        protected override ValueTask<object?> Start(object coroutine, EventLoop loop, HttpContext context)
            => StartTask((Coroutine<T>)coroutine, loop, context, static result => result);
    }

    /// <summary>A task that has not ended yet, as .NET's.</summary>
    private sealed class CoroutineRun<T> : TaskCompletionSource<object?>
    {
        private readonly AsyncTask<T> _task;
        private readonly EventLoop _loop;
        private readonly Func<T, object?> _toObject;
        private readonly CancellationTokenRegistration _registration;

        public CoroutineRun(AsyncTask<T> task, EventLoop loop, Func<T, object?> toObject, CancellationToken aborted)
        {
            (_task, _loop, _toObject) = (task, loop, toObject);
            _registration = aborted.UnsafeRegister(static state => ((CoroutineRun<T>)state!).OnAborted(), this);
            FutureTasks.WhenDone(task, OnDone);
        }

        private void OnAborted() => _loop.TryPost((Action)(() => _task.Cancel("The client has gone.")));

        private void OnDone()
        {
            _registration.Dispose();
            if (_task.Cancelled)
                SetCanceled();
            else if (_task.Exception() is { } exception)
                SetException(exception);
            else
                SetResult(_toObject(_task.Result()));
        }
    }
}
