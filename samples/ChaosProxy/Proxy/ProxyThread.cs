using Tulip;

namespace ChaosProxy;

/// <summary>A proxy with a loop and a thread of its own, inside another program: what it costs never delays that program's loop.</summary>
/// <remarks><threadsafety>Any thread.</threadsafety></remarks>
internal sealed class ProxyThread : IAsyncDisposable
{
    private readonly TaskCompletionSource<(int Port, Action Stop)> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ProxyParts _parts;
    private Action? _stop;

    private ProxyThread(ProxyOptions options) =>
        _parts = new ProxyParts(options, new Chaos(options.Behaviours, options.BehaviourOptions, options.Seed), new ProxyStatistics(), ProxyLog.None);

    public int Port { get; private set; }

    /// <summary>Starts it, and waits until it accepts clients.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The address cannot be bound.</exception>
    public static async Task<ProxyThread> Start(ProxyOptions options)
    {
        var proxy = new ProxyThread(options);
        new Thread(proxy.Run) { IsBackground = true, Name = "chaos proxy" }.Start();
        (proxy.Port, proxy._stop) = await proxy._started.Task;
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        _stop!();
        await _ended.Task;
    }

    private void Run()
    {
        try
        {
            Aio.Run(Serve);
            _ended.TrySetResult();
        }
        catch (Exception exception)
        {
            if (!_started.TrySetException(exception))
                _ended.TrySetException(exception);
        }
    }

    private async Coroutine Serve()
    {
        var loop = Aio.GetRunningLoop();
        var proxy = await ProxyServer.Start(_parts);
        var stop = new AsyncEvent();
        _started.SetResult((proxy.Port, () => loop.CallSoonThreadsafe(stop.Set)));
        await stop.Wait();
        await proxy.Stop();
    }
}
