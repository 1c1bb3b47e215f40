namespace Evolution;

/// <summary>
/// Drives a generator: each future that it yields calls back when it is done, and then the generator goes on. A
/// generator that yields another generator waits for its end: what <c>yield from</c> does in Python.
/// </summary>
internal sealed class HandTask
{
    // Innermost on top: the one that runs.
    private readonly Stack<IEnumerator<object>> _generators = new();

    public HandTask(IEnumerable<object> generator)
    {
        _generators.Push(generator.GetEnumerator());
        Step();
    }

    private void Step()
    {
        while (_generators.TryPeek(out var running))
        {
            if (!running.MoveNext())
                _generators.Pop().Dispose();
            else if (running.Current is IEnumerable<object> inner)
                _generators.Push(inner.GetEnumerator());
            else
            {
                ((HandFuture)running.Current).AddDoneCallback(_ => Step());
                return;
            }
        }
    }
}
