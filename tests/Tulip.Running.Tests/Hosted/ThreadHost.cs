using System.Collections.Concurrent;

namespace Tulip.Running.Tests.Hosted;

/// <summary>A plain host: a thread that calls what is posted to its context, one after the other.</summary>
internal sealed class ThreadHost : SynchronizationContext, IDisposable
{
    private readonly BlockingCollection<Action> _calls = [];
    private readonly Thread _thread;
    private int _count;

    public ThreadHost()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "host" };
        _thread.Start();
    }

    public int Calls => Volatile.Read(ref _count);

    public override void Post(SendOrPostCallback d, object? state) => _calls.Add(() => d(state));

    /// <summary>Calls a function on the host's thread and waits for it.</summary>
    public T Invoke<T>(Func<T> function)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _calls.Add(() =>
        {
            try
            {
                result.SetResult(function());
            }
            catch (Exception exception)
            {
                result.SetException(exception);
            }
        });
        return result.Task.WaitGuarded();
    }

    /// <summary>Calls what is waiting, from within a call: a message box, a modal dialogue.</summary>
    public void PumpUntil(Func<bool> condition)
    {
        while (!condition())
        {
            if (_calls.TryTake(out var call, millisecondsTimeout: 1))
                call();
        }
    }

    public void Dispose()
    {
        _calls.CompleteAdding();
        Assert.True(_thread.Join(LoopThread.Guard));
    }

    private void Run()
    {
        SetSynchronizationContext(this);
        foreach (var call in _calls.GetConsumingEnumerable())
        {
            Interlocked.Increment(ref _count);
            call();
        }
    }
}
