// LoopThread: one event loop and the thread that runs it.
// Thread: the loop is made, run and closed on its own thread; Start and Stop are called from others.
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tulip.Engines;

namespace Tulip.AspNetCore;

internal sealed class LoopThread
{
    private readonly TulipTransportOptions _options;
    private readonly ILogger _logger;
    private readonly IHostApplicationLifetime? _lifetime;
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private EventLoop? _loop;
    private Future<Unit>? _stop;

    private LoopThread(TulipTransportOptions options, ILogger logger, IHostApplicationLifetime? lifetime)
    {
        _options = options;
        _logger = logger;
        _lifetime = lifetime;
    }

    public EventLoop Loop => _loop!;

    /// <summary>Memory for the connections of this loop.</summary>
    public LoopMemoryPool Memory { get; private set; } = null!;

    /// <summary>Runs a loop; returns when it does.</summary>
    public static LoopThread Start(int number, TulipTransportOptions options, ILogger logger, IHostApplicationLifetime? lifetime)
    {
        var made = new LoopThread(options, logger, lifetime);
        new Thread(made.Run) { IsBackground = true, Name = $"Tulip loop {number}" }.Start();
        made._started.Task.GetAwaiter().GetResult();
        return made;
    }

    /// <summary>Ends the loop; done when its thread is.</summary>
    public Task Stop()
    {
        Loop.TryPost((Action)(() =>
        {
            if (!_stop!.Done)
                _stop.SetResult(default);
        }));
        return _ended.Task;
    }

    private void Run()
    {
        try
        {
            using var runner = new Runner(MakeLoop);
            _loop = runner.GetLoop();
            Memory = new LoopMemoryPool(_loop);
            _stop = _loop.CreateFuture<Unit>();
            _loop.CallSoon(_started.SetResult);
            runner.Run(WaitFor(_stop));
        }
        catch (Exception exception)
        {
            if (!_started.TrySetException(exception))
            {
                TransportLog.LoopFailed(_logger, exception);
                _lifetime?.StopApplication();
            }
        }

        _ended.SetResult();
    }

    private EventLoop MakeLoop()
    {
        // A ring belongs to the thread that made it.
        var loop = new EventLoop(engine: _options.Engine is { } name ? EngineSelector.Create(name) : EngineSelector.Create());
        try
        {
            loop.ExceptionHandler = (_, context) => TransportLog.LoopError(_logger, context.ToString());
            _options.ConfigureLoop?.Invoke(loop);
            return loop;
        }
        catch
        {
            loop.Close();
            throw;
        }
    }

    private static async Coroutine WaitFor(Future<Unit> stop) => await stop;
}
