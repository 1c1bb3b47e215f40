// LoopThreads: the server's event loops, each on a thread of its own.
// Thread: any.  Owns: the threads, from the first Start to the host's end.
//   1. Started once, all together; none is left if one cannot be made.
//   2. The host's disposal ends them: their tasks are cancelled and waited for, then the loops are closed.
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Tulip.AspNetCore;

internal sealed class LoopThreads(
    IOptions<TulipTransportOptions> options, ILoggerFactory loggers, IHostApplicationLifetime? lifetime = null) : IAsyncDisposable, IDisposable
{
    private readonly Lock _gate = new();
    private LoopThread[]? _threads;
    private bool _disposed;

    /// <summary>The loop, if it is the only one and runs.</summary>
    public EventLoop? Only { get; private set; }

    /// <summary>The loops, running.</summary>
    /// <exception cref="ObjectDisposedException">The host has ended.</exception>
    public IReadOnlyList<LoopThread> Start()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_threads is not null)
                return _threads;

            var logger = loggers.CreateLogger("Tulip.AspNetCore.Loop");
            var threads = new List<LoopThread>();
            try
            {
                for (var i = 0; i < options.Value.Loops; i++)
                    threads.Add(LoopThread.Start(i, options.Value, logger, lifetime));
                Only = threads.Count == 1 ? threads[0].Loop : null;
                return _threads = [.. threads];
            }
            catch
            {
                foreach (var thread in threads)
                    thread.Stop();
                throw;
            }
        }
    }

    public void Dispose()
    {
        // A loop's own thread cannot wait for its end.
        var isOnLoop = EventLoop.RunningOrNull is { } running && _threads?.Any(thread => ReferenceEquals(thread.Loop, running)) == true;
        foreach (var ended in TakeOut().Select(static thread => thread.Stop()).ToArray())
        {
            if (!isOnLoop)
                ended.GetAwaiter().GetResult();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var ended in TakeOut().Select(static thread => thread.Stop()).ToArray())
            await ended.ConfigureAwait(false);
    }

    private LoopThread[] TakeOut()
    {
        lock (_gate)
        {
            _disposed = true;
            var threads = _threads ?? [];
            _threads = [];
            return threads;
        }
    }
}
