namespace Evolution;

/// <summary>A result that will be there: whoever waits for it leaves a callback.</summary>
internal sealed class HandFuture
{
    private readonly List<Action<HandFuture>> _callbacks = [];

    public object? Result { get; private set; }

    public void AddDoneCallback(Action<HandFuture> callback) => _callbacks.Add(callback);

    public void SetResult(object? result)
    {
        Result = result;
        foreach (var callback in _callbacks.ToArray())
            callback(this);
    }
}
