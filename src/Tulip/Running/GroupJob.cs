// GroupJob: a coroutine on its way to a loop of a group, and its outcome on the way back.
// Thread: Start on the loop's; Fail on the thread of a loop that has crashed.
//   1. Its task ends once: as the coroutine ends or, if the loop crashes, with that.
namespace Tulip;

internal abstract class GroupJob
{
    /// <summary>Begins it on the loop's thread; <paramref name="whenDone"/> is called there when it is over.</summary>
    public abstract void Start(EventLoop loop, Action<GroupJob> whenDone);

    /// <summary>The loop will never end it.</summary>
    public abstract void Fail(Exception exception);
}

internal sealed class GroupJob<T>(Func<Coroutine<T>> function, CancellationToken cancellationToken) : GroupJob
{
    private readonly TaskCompletionSource<T> _completion = new();

    public Task<T> Task => _completion.Task;

    public override void Start(EventLoop loop, Action<GroupJob> whenDone)
    {
        AsyncTask<T> task;
        try
        {
            task = loop.CreateTask(function());
        }
        catch (Exception exception)
        {
            Fail(exception);
            whenDone(this);
            return;
        }

        var registration = cancellationToken.Register(() => loop.TryPost((Action)(() => task.Cancel())));
        FutureTasks.WhenDone(task, () =>
        {
            registration.Dispose();
            whenDone(this);
            FutureTasks.Copy(task, _completion);
        });
    }

    // As in FutureTasks.Copy: whoever awaits goes on in a place of its own, not here.
    public override void Fail(Exception exception)
    {
        var outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(DirectSynchronizationContext.Instance);
        try
        {
            if (exception is OperationCanceledException)
                _completion.TrySetCanceled(cancellationToken);
            else
                _completion.TrySetException(exception);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }
    }
}
