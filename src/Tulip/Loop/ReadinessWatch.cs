// ReadinessWatch: a thread that waits for a loop's I/O while the loop's own thread belongs to a host.
// Thread: its own; Arm and Dispose on the loop's.
//   1. It only asks whether there is something. What there is stays in the engine, for the loop's next pass.
//   2. Once it has told, it asks again only when the loop has had its pass: it never spins.
//   3. It has ended before Dispose returns: the engine may be closed then.
using Tulip.Engines;

namespace Tulip;

internal sealed class ReadinessWatch : IDisposable
{
    private readonly IWatchedEngine _engine;
    private readonly Action _onReady;
    private readonly Action<Exception> _onFailed;
    private readonly SemaphoreSlim _armed = new(0);
    private Thread? _thread;
    private int _isArmed;
    private volatile bool _ended;

    private ReadinessWatch(IWatchedEngine engine, Action onReady, Action<Exception> onFailed)
    {
        _engine = engine;
        _onReady = onReady;
        _onFailed = onFailed;
        engine.BeginWatch();
    }

    /// <summary>A watch over the loop's engine; null for a simulated one, which has nothing to wait for.</summary>
    /// <exception cref="NotSupportedException">The engine can be waited for on its own thread only.</exception>
    public static ReadinessWatch? For(EventLoop loop, Action onReady, Action<Exception> onFailed) => loop.Io.Engine switch
    {
        IWatchedEngine engine => new ReadinessWatch(engine, onReady, onFailed),
        ISimulatedTime => null,
        _ => throw new NotSupportedException(
            $"The engine \"{loop.EngineName}\" can be waited for on its own thread only; a hosted loop needs epoll, io_uring or portable ({EngineSelector.Variable} chooses)."),
    };

    /// <summary>Tells the next time there is something, unless it is about to already.</summary>
    public void Arm()
    {
        if (Interlocked.Exchange(ref _isArmed, 1) != 0)
            return;

        if (_thread is null)
        {
            _thread = new Thread(Run) { IsBackground = true, Name = "Tulip I/O watch" };
            _thread.Start();
        }

        _armed.Release();
    }

    public void Dispose()
    {
        _ended = true;
        if (_thread is null)
            return;

        _armed.Release();
        _engine.Wake();
        _thread.Join();
        _armed.Dispose();
        _thread = null;
    }

    private void Run()
    {
        while (true)
        {
            _armed.Wait();
            if (_ended)
                return;

            try
            {
                _engine.WaitForWork();
            }
            catch (Exception exception)
            {
                _onFailed(exception);
                return;
            }

            if (_ended)
                return;
            Volatile.Write(ref _isArmed, 0);
            _onReady();
        }
    }
}
