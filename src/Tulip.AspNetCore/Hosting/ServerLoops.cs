// ServerLoops: the server's event loops, each on a thread of its own.
// Thread: any.  Owns: the group of loops, from the first that asks for it to the host's end.
//   1. A loop that crashes stops the application: its connections are lost, and nobody accepts in its place.
//   2. The host's disposal ends the loops: what is left on them is cancelled. Kestrel has let its connections end before.
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Tulip.Engines;

namespace Tulip.AspNetCore;

internal sealed class ServerLoops(
    IOptions<TulipTransportOptions> options, ILoggerFactory loggers, IHostApplicationLifetime? lifetime = null) : IAsyncDisposable, IDisposable
{
    private readonly Lock _gate = new();
    private readonly ILogger _logger = loggers.CreateLogger("Tulip.AspNetCore.Loop");
    private LoopGroup? _group;
    private ServerLoop[]? _loops;
    private bool _disposed;

    /// <summary>The loop, if it is the only one and runs.</summary>
    public EventLoop? Only { get; private set; }

    /// <summary>The loops as a group, running.</summary>
    /// <exception cref="ObjectDisposedException">The host has ended.</exception>
    public LoopGroup Group
    {
        get
        {
            _ = Start();
            return _group!;
        }
    }

    /// <summary>The loops, running.</summary>
    /// <exception cref="ObjectDisposedException">The host has ended.</exception>
    public IReadOnlyList<ServerLoop> Start()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_loops is not null)
                return _loops;

            _group = new LoopGroup(options.Value.Loops, new LoopGroupOptions { Name = "Tulip loop", LoopFactory = MakeLoop, GraceSeconds = 0 });
            foreach (var member in _group.Members)
                Watch(member);
            Only = _group.Count == 1 ? _group[0].Loop : null;
            return _loops = [.. _group.Members.Select(static member => new ServerLoop(member))];
        }
    }

    public void Dispose()
    {
        var ended = Stop();

        // A loop's own thread cannot wait for its end.
        if (EventLoop.RunningOrNull is null)
            ended.GetAwaiter().GetResult();
    }

    public ValueTask DisposeAsync() => new(Stop());

    private Task Stop()
    {
        lock (_gate)
        {
            _disposed = true;
            return _group?.Stop(0) ?? Task.CompletedTask;
        }
    }

    private EventLoop MakeLoop()
    {
        // A ring belongs to the thread that made it.
        var loop = new EventLoop(engine: options.Value.Engine is { } name ? EngineSelector.Create(name) : EngineSelector.Create());
        try
        {
            loop.ExceptionHandler = (_, context) => TransportLog.LoopError(_logger, context.ToString());
            options.Value.ConfigureLoop?.Invoke(loop);
            return loop;
        }
        catch
        {
            loop.Close();
            throw;
        }
    }

    private async void Watch(LoopMember member)
    {
        await member.Ended.ConfigureAwait(false);
        if (member.Failure is not { } failure)
            return;

        TransportLog.LoopFailed(_logger, failure);
        lifetime?.StopApplication();
    }
}
