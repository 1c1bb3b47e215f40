using System.Collections.Concurrent;

namespace Hosts;

/// <summary>The plainest host: a thread that calls what is posted to it, one after the other, until it is told to end.</summary>
internal sealed class QueueContext : SynchronizationContext
{
    private readonly BlockingCollection<(SendOrPostCallback Call, object? State)> _calls = [];

    public override void Post(SendOrPostCallback d, object? state) => _calls.Add((d, state));

    public void End() => Post(_ => _calls.CompleteAdding(), null);

    /// <summary>Calls until the end; how many calls there were.</summary>
    public int Run()
    {
        var outer = Current;
        SetSynchronizationContext(this);
        try
        {
            var count = 0;
            foreach (var (call, state) in _calls.GetConsumingEnumerable())
            {
                count++;
                call(state);
            }

            return count;
        }
        finally
        {
            SetSynchronizationContext(outer);
        }
    }
}
