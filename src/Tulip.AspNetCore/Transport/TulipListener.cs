// TulipListener: one bound socket, accepted from by every loop.
// Thread: any; each loop accepts on its own.  Owns: the socket, and one Server of each loop.
//   1. The loops listen on duplicates of one socket: the kernel knows one queue, and whichever loop is free takes from it.
//   2. Kestrel's accept loop goes on in line, on the loop that accepted; all it does is queue the connection to the pool.
//   3. Unbinding closes the servers and then the socket; connections that were accepted before are still handed out.
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Tulip.Engines;

namespace Tulip.AspNetCore;

internal sealed class TulipListener(Socket socket, TulipTransportOptions options, ILogger logger) : IConnectionListener
{
    private readonly Channel<ConnectionContext> _accepted = Channel.CreateUnbounded<ConnectionContext>(
        new UnboundedChannelOptions { SingleReader = true, AllowSynchronousContinuations = true });

    private readonly List<(EventLoop Loop, Server Server)> _servers = [];
    private bool _unbound;

    public EndPoint EndPoint { get; } = socket.LocalEndPoint!;

    public TulipTransportOptions Options => options;

    public ILogger Logger => logger;

    /// <summary>How many bytes of a connection may wait to leave.</summary>
    public int WriteLimit { get; } = options.MaxWriteBufferSize is null or 0 ? int.MaxValue : (int)Math.Min(options.MaxWriteBufferSize.Value, int.MaxValue);

    /// <summary>Begins to accept, in every loop.</summary>
    public async Task Start(IReadOnlyList<LoopThread> loops)
    {
        foreach (var thread in loops)
            _servers.Add((thread.Loop, await OnLoop(thread.Loop, () => Listen(thread)).ConfigureAwait(false)));
    }

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        var reader = _accepted.Reader;
        while (await reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (reader.TryRead(out var connection))
                return connection;
        }

        return null;
    }

    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _unbound, true))
            return;

        foreach (var (loop, server) in _servers)
        {
            await OnLoop(loop, () =>
            {
                server.Close();
                return true;
            }).ConfigureAwait(false);
        }

        socket.Dispose();
        _accepted.Writer.TryComplete();
    }

    public ValueTask DisposeAsync() => UnbindAsync();

    /// <summary>Hands a connection to Kestrel. On its loop.</summary>
    public void Accepted(TulipConnection connection)
    {
        if (!_accepted.Writer.TryWrite(connection))
            connection.Abort(new ConnectionAbortedException("The listener was unbound."));
    }

    private Server Listen(LoopThread thread)
    {
        var shared = LoopTransports.Of(thread.Loop);

        // A view that does not own the socket: what the engine takes over is a duplicate.
        var handle = shared.Engine.Sockets.Adopt(new Socket(new SafeSocketHandle(socket.Handle, ownsHandle: false)));
        if (EndPoint is IPEndPoint)
            shared.Engine.Sockets.SetOption(handle, IoSocketOption.NoDelay, options.NoDelay ? 1 : 0);
        var limit = options.MaxReadBufferSize ?? 0;
        var input = new PipeOptions(
            thread.Memory, PipeScheduler.Inline, PipeScheduler.Inline, limit, limit / 2, LoopMemoryPool.BlockSize, useSynchronizationContext: false);
        var server = new Server(shared, () => new ConnectionProtocol(this, thread, input), [handle], new ServerOptions { Backlog = options.Backlog });
        try
        {
            server.StartServing();
            return server;
        }
        catch
        {
            server.Close();
            throw;
        }
    }

    private static async Task<T> OnLoop<T>(EventLoop loop, Func<T> function)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var isPosted = loop.TryPost((Action)(() =>
        {
            try
            {
                done.SetResult(function());
            }
            catch (Exception exception)
            {
                done.SetException(exception);
            }
        }));

        // A loop that is closed has closed everything.
        return isPosted ? await done.Task.ConfigureAwait(false) : default!;
    }
}
