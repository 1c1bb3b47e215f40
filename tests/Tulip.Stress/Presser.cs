// Presser: one thread, with counts of what it asked for and what became of it.
// Thread: its own for what it asks, the loop's for what it counts there; looked at when both have ended.
namespace Tulip.Stress;

internal sealed class Presser(EventLoop loop, int seed)
{
    private const int MostRunning = 40;
    private static readonly TimeSpan s_guard = TimeSpan.FromSeconds(180);

    private readonly Random _random = new(seed);
    private readonly Queue<(Task<int> Task, bool MayBeCancelled)> _running = new();
    private Thread? _thread;
    private Exception? _failure;

    // Counted by this thread.
    private int _posted;
    private int _takenBack;

    // Counted by the loop's.
    private int _called;
    private int _begun;
    private int _ended;
    private int _lastPosted;
    private int _outOfOrder;

    public int Asked => _posted + _begun;

    public void Start(Func<bool> goesOn)
    {
        _thread = new Thread(() =>
        {
            try
            {
                while (goesOn())
                    Press();
                while (_running.TryDequeue(out var oldest))
                    Settle(oldest.Task, oldest.MayBeCancelled);
            }
            catch (Exception exception)
            {
                _failure = exception;
            }
        })
        { IsBackground = true };
        _thread.Start();
    }

    public bool Join(TimeSpan longest) => _thread!.Join(longest);

    /// <summary>What is wrong, once the thread and the loop have ended; null if nothing is.</summary>
    public string? Complaint()
        => _failure is not null ? $"a thread failed: {_failure}"
            : _posted - _takenBack != _called ? $"{_posted} callbacks were posted, {_takenBack} taken back, {_called} called"
            : _outOfOrder != 0 ? $"{_outOfOrder} callbacks came before an earlier one"
            : _begun != _ended ? $"{_begun} coroutines began, {_ended} ended"
            : null;

    private void Press()
    {
        switch (_random.Next(6))
        {
            case 0:
                var handle = loop.CallSoonThreadsafe(CallInOrder(++_posted));
                if (_random.Next(3) == 0 && handle.Cancel())
                    _takenBack++;
                break;
            case 1:
                loop.SynchronizationContext.Post(static call => ((Action)call!)(), CallInOrder(++_posted));
                break;
            case 2 when _random.Next(8) == 0:
                loop.SynchronizationContext.Send(static call => ((Action)call!)(), CallInOrder(++_posted));
                break;
            case 3:
                Export();
                break;
            case 4:
                var cancel = new CancellationTokenSource();
                var cancels = _random.Next(3) == 0;
                _running.Enqueue((RunCoroutineThreadsafe(Work(_random.Next(4)), loop, cancel.Token), cancels));
                if (cancels)
                    cancel.Cancel();
                break;
        }

        if (_running.Count > MostRunning)
        {
            var (task, mayBeCancelled) = _running.Dequeue();
            Settle(task, mayBeCancelled);
        }
    }

    /// <summary>Posts of one thread are called in the order in which they were made.</summary>
    private Action CallInOrder(int number) => () =>
    {
        _called++;
        if (number < _lastPosted)
            _outOfOrder++;
        _lastPosted = number;
    };

    /// <summary>A future of the loop, asked for its .NET task by this thread while the loop ends it.</summary>
    private void Export()
    {
        var value = _random.Next(4);
        var future = new Future<int>(loop);
        var call = CallInOrder(++_posted);
        loop.CallSoonThreadsafe(() =>
        {
            call();
            future.SetResult(value);
        });
        _running.Enqueue((future.AsTask(), false));
    }

    private async Coroutine<int> Work(int kind)
    {
        _begun++;
        try
        {
            switch (kind)
            {
                case 0:
                    await Sleep(0.001);
                    break;
                case 1:
                    await Task.Run(static () => { }, CancelToken);
                    break;
                case 2:
                    await loop.RunInExecutor(null, static () => { });
                    break;
                default:
                    await MoveOnAfter(0.001, static _ => Sleep(10));
                    break;
            }

            return kind;
        }
        finally
        {
            _ended++;
        }
    }

    private static void Settle(Task<int> task, bool mayBeCancelled)
    {
        try
        {
            if (task.WaitAsync(s_guard).GetAwaiter().GetResult() is < 0 or > 3)
                throw new StressException("A result is another's.");
        }
        catch (OperationCanceledException) when (mayBeCancelled)
        {
        }
    }
}
