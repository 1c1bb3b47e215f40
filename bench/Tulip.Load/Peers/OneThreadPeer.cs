namespace Tulip.Load.Peers;

/// <summary>.NET tasks on one thread: a synchronization context with a queue, as programs with a main loop have it.</summary>
internal sealed class OneThreadPeer : TaskPeer
{
    private readonly Pump _pump = new();

    public override void Run(Func<Task> round)
    {
        var outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(_pump);
        try
        {
            _pump.RunUntil(round());
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }
    }

    public override Task Spawn(Func<Task> body)
        => Task.Factory.StartNew(body, CancellationToken.None, TaskCreationOptions.None, _pump.Scheduler).Unwrap();

    public override void Post(SendOrPostCallback callback, object? state) => _pump.Post(callback, state);

    private sealed class Pump : SynchronizationContext
    {
        private readonly object _gate = new();
        private List<(SendOrPostCallback Callback, object? State)> _posted = [];
        private List<(SendOrPostCallback Callback, object? State)> _running = [];
        private TaskScheduler? _scheduler;

        /// <summary>Read while the context is current.</summary>
        public TaskScheduler Scheduler => _scheduler ??= TaskScheduler.FromCurrentSynchronizationContext();

        public override void Post(SendOrPostCallback d, object? state)
        {
            lock (_gate)
            {
                _posted.Add((d, state));
                if (_posted.Count == 1)
                    Monitor.Pulse(_gate);
            }
        }

        public override SynchronizationContext CreateCopy() => this;

        public void RunUntil(Task task)
        {
            // The end must wake the pump too, wherever it comes from.
            task.ContinueWith(_ => Post(static _ => { }, null), TaskScheduler.Default);
            while (!task.IsCompleted)
            {
                lock (_gate)
                {
                    while (_posted.Count == 0)
                        Monitor.Wait(_gate);
                    (_posted, _running) = (_running, _posted);
                }

                foreach (var (callback, state) in _running)
                    callback(state);
                _running.Clear();
            }

            task.GetAwaiter().GetResult();
        }
    }
}
