// TulipListener: one bound socket, and connections spread over the loops.
// Thread: any; each loop's part is touched there only.  Owns: the socket, and one Server of each loop.
//   1. The first loop accepts, and hands the connections round. Not by SO_REUSEPORT: a second server at a port that is taken is an error.
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

    /// <summary>Begins to accept.</summary>
    public async Task Start(IReadOnlyList<ServerLoop> loops)
    {
        foreach (var home in loops)
            _servers.Add((home.Loop, await OnLoop(home.Loop, () => Make(home, isFirst: _servers.Count == 0)).ConfigureAwait(false)));

        var (loop, first) = _servers[0];
        await OnLoop(loop, () =>
        {
            if (_servers.Count > 1)
                first.Handover = ConnectionHandover.For(first, [.. _servers.Select(static place => place.Server)]);
            first.StartServing();
            return first;
        }).ConfigureAwait(false);
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
            try
            {
                await OnLoop(loop, () =>
                {
                    server.Close();
                    return server;
                }).ConfigureAwait(false);
            }
            catch (InvalidOperationException)
            {
                // A loop that is closed has closed everything.
            }
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

    /// <summary>A loop's part of the listener: only the first listens, the others are handed their connections.</summary>
    private Server Make(ServerLoop home, bool isFirst)
    {
        var shared = LoopTransports.Of(home.Loop);
        List<IoHandle> handles = [];
        if (isFirst)
        {
            handles.Add(shared.Engine.Sockets.Borrow(socket));
            if (EndPoint is IPEndPoint)
                shared.Engine.Sockets.SetOption(handles[0], IoSocketOption.NoDelay, options.NoDelay ? 1 : 0);
        }

        var limit = options.MaxReadBufferSize ?? 0;
        var input = new PipeOptions(
            home.Memory, PipeScheduler.Inline, PipeScheduler.Inline, limit, limit / 2, LoopMemoryPool.BlockSize, useSynchronizationContext: false);
        var server = new Server(shared, () => new ConnectionProtocol(this, home, input), handles, new ServerOptions { Backlog = options.Backlog })
        {
            Count = home.Member.Connections,
        };
        home.Member.Add(server);
        return server;
    }

    private static Task<Server> OnLoop(EventLoop loop, Func<Server> function)
    {
        var done = new TaskCompletionSource<Server>(TaskCreationOptions.RunContinuationsAsynchronously);
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
        return isPosted ? done.Task : throw new InvalidOperationException("The event loop is closed.");
    }
}
