// TaskSynchronizationContext: how async methods that are not coroutines keep the task that called them.
//   1. It is current while a coroutine runs that awaits something of .NET's, and while a method goes on that such a
//      coroutine called. .NET's awaiters capture it; nothing else could tell them apart later.
//   2. Coroutines that await only what is Tulip's never see it, and pay nothing: the frames of the others are of another class.
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Tulip;

/// <summary>The loop's context, for the code that one task's coroutine called.</summary>
internal sealed class TaskSynchronizationContext(EventLoop loop, IAsyncTask owner) : SynchronizationContext
{
    /// <summary>Runs the callback in one of the loop's next passes, as the task's code if that is not done by then.</summary>
    public override void Post(SendOrPostCallback d, object? state)
    {
        if (!loop.TryPost(() => ForeignAwait.Resume(loop, owner, null, () => d(state))))
            loop.SynchronizationContext.Post(d, state);
    }

    public override void Send(SendOrPostCallback d, object? state) => loop.SynchronizationContext.Send(d, state);

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Makes the current task's context current.</summary>
    /// <returns>The one that was, to be put back.</returns>
    public static SynchronizationContext? Enter()
    {
        var outer = Current;
        if (EventLoop.RunningOrNull is { CurrentTask: IAsyncTask task } loop)
            SetSynchronizationContext(Of(loop, task));
        return outer;
    }

    public static TaskSynchronizationContext Of(EventLoop loop, IAsyncTask task)
        => task.Extras.SynchronizationContext ??= new TaskSynchronizationContext(loop, task);
}

/// <summary>Whether a coroutine awaits anything that is not Tulip's: its state machine then has a field for the awaiter.</summary>
internal static class AwaitsForeign<TStateMachine>
    where TStateMachine : IAsyncStateMachine
{
    public static readonly bool Any = Look();

    [UnconditionalSuppressMessage("Trimming", "IL2090", Justification = "Without the fields, methods that are not coroutines lose their task at an await of .NET's.")]
    private static bool Look()
    {
        foreach (var field in typeof(TStateMachine).GetFields(BindingFlags.Instance | BindingFlags.NonPublic))
        {
            if (field.Name.StartsWith("<>u__", StringComparison.Ordinal)
                && !typeof(IFrameAwaiter).IsAssignableFrom(field.FieldType)
                && field.FieldType != typeof(YieldAwaitable.YieldAwaiter))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>The frame of a coroutine that awaits something of .NET's.</summary>
internal sealed class ForeignFrame<TStateMachine, T> : StateMachineFrame<TStateMachine, T>
    where TStateMachine : IAsyncStateMachine
{
    public override void MoveNext()
    {
        var outer = TaskSynchronizationContext.Enter();
        base.MoveNext();
        SynchronizationContext.SetSynchronizationContext(outer);
    }
}
