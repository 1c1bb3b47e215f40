// RaceOperation: tasks of which the first to have a result ends the others.
// Thread: the loop's.
//   1. It is over when one has a result, when the caller is cancelled, or when a task cannot be started; from then on
//      every task is being cancelled, once.
//   2. It ends when all tasks have ended, and not before.
using System.Runtime.ExceptionServices;

namespace Tulip;

internal sealed class RaceOperation<T>(EventLoop loop)
{
    private readonly IAsyncTask _host = Aio.CurrentTask()!;
    private readonly CancelScope? _scope = Aio.CurrentTask()!.Extras.Scope;
    private readonly List<AsyncTask<T>> _tasks = [];
    private AsyncTask<T>? _winner;
    private Future<Unit>? _allEnded;
    private int _running;
    private bool _over;

    /// <summary>Runs the race in the current task.</summary>
    public async Coroutine<T> Run(Coroutine<T>[] coroutines)
    {
        var failure = Start(coroutines);

        // More than once: the caller may be cancelled again while it waits.
        while (_running > 0)
        {
            _allEnded = loop.CreateFuture<Unit>();
            try
            {
                // Once the tasks are cancelled, a cancelled scope has nothing more to interrupt here.
                if (_over)
                {
                    using (CancelShield.Enter())
                        await _allEnded;
                }
                else
                {
                    await _allEnded;
                }
            }
            catch (CancelledException exception)
            {
                failure ??= ExceptionDispatchInfo.Capture(exception);
                End();
            }
        }

        failure?.Throw();
        return _winner is { } winner
            ? winner.Result()
            : throw new AggregateException("All coroutines of a race failed", _tasks.Select(FailureOf));
    }

    /// <summary>Starts the tasks; the exception if one cannot be started.</summary>
    private ExceptionDispatchInfo? Start(Coroutine<T>[] coroutines)
    {
        try
        {
            foreach (var coroutine in coroutines)
            {
                var task = loop.CreateTask(coroutine);
                _tasks.Add(task);
                _running++;
                task.AddCallback(new RelayCallback(task, (Future)_host, _ => OnEnded(task)));
                if (!task.Done)
                    _scope?.Adopt(task);
            }

            return null;
        }
        catch (Exception exception)
        {
            End();
            return ExceptionDispatchInfo.Capture(exception);
        }
    }

    private void End()
    {
        if (_over)
            return;

        // Cancelling one that has failed already marks its failure as seen: that one only left the race.
        _over = true;
        foreach (var task in _tasks)
            task.Cancel();
    }

    private void OnEnded(AsyncTask<T> task)
    {
        if (_over)
        {
            ReportUnseen(task);
        }
        else if (task.Cancelled || task.Failure is not null)
        {
            task.MarkRetrieved();
        }
        else
        {
            _winner = task;
            End();
        }

        if (--_running == 0 && _allEnded is { Done: false } allEnded)
            allEnded.SetResult(default);
    }

    private void ReportUnseen(AsyncTask<T> task)
    {
        if (task.Failure is not { Seen: false } failure)
            return;

        failure.MarkRetrieved();
        loop.CallExceptionHandler(new LoopErrorContext("A coroutine failed while it was cancelled at the end of a race")
        {
            Exception = failure.Exception,
            Task = task,
        });
    }

    private static Exception FailureOf(AsyncTask<T> task) => task.Failure?.Exception ?? task.MakeCancelledException();
}
