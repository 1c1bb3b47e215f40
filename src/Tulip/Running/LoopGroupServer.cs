// LoopGroupServer: a server that is spread over the loops of a group: a Server on each.
// Thread: any; each part is touched on its own loop.
//   1. What is asked of a loop that has ended is done already: its sockets went with it.
using System.Net;

namespace Tulip;

/// <summary>A server that accepts on all loops of a <see cref="LoopGroup"/>.</summary>
/// <remarks>
/// <para><c>await using</c> closes it at the end of the block, and waits for the connections to end. The group's end closes it too.</para>
/// <para>A loop that crashes takes its connections with it, and those that wait to be accepted by a listening socket of its own; the
/// other loops go on accepting. Where one loop accepts for all and it is that one, the next takes its place, and nobody who waits is
/// lost.</para>
/// <threadsafety>Any thread.</threadsafety>
/// </remarks>
public sealed class LoopGroupServer : IAsyncDisposable
{
    private readonly IReadOnlyList<(LoopMember Member, Server Server)> _parts;
    private readonly SharedListeners? _shared;

    internal LoopGroupServer(IReadOnlyList<(LoopMember Member, Server Server)> parts, IReadOnlyList<EndPoint> addresses, SharedListeners? shared)
    {
        _parts = parts;
        _shared = shared;
        LocalEndPoints = addresses;
        if (shared is null)
            return;

        foreach (var (member, _) in parts)
            member.Crashed += shared.OnLoopLost;

        // One may have crashed before that.
        shared.OnLoopLost();
    }

    /// <summary>The addresses at which it was made to listen.</summary>
    public IReadOnlyList<EndPoint> LocalEndPoints { get; }

    /// <summary>How many connections are open, on all loops.</summary>
    public int Connections => _parts.Sum(static part => part.Member.IsAlive ? part.Server.Active : 0);

    /// <summary>How many connections are open on one loop.</summary>
    public int ConnectionsOf(LoopMember member)
    {
        ArgumentNullException.ThrowIfNull(member);
        return _parts.Where(part => ReferenceEquals(part.Member, member)).Sum(static part => part.Member.IsAlive ? part.Server.Active : 0);
    }

    /// <summary>Begins to accept connections on all loops, if the options said that it should not at once. Harmless if it does already.</summary>
    /// <exception cref="InvalidOperationException">It is closed.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">The system refuses to listen.</exception>
    public Task StartServing() => OnAll(static server => server.StartServing());

    /// <summary>Stops listening on all loops; connections go on. Closing twice is harmless.</summary>
    /// <returns>Ends when no loop listens any more.</returns>
    public async Task Close()
    {
        try
        {
            await OnAll(static server => server.Close()).ConfigureAwait(false);
        }
        finally
        {
            if (_shared is { } shared)
            {
                foreach (var (member, _) in _parts)
                    member.Crashed -= shared.OnLoopLost;
                shared.Close();
            }
        }
    }

    /// <summary>Closes all connections; what was written still leaves.</summary>
    public Task CloseClients() => OnAll(static server => server.CloseClients());

    /// <summary>Closes all connections at once; what has not left yet is dropped.</summary>
    public Task AbortClients() => OnAll(static server => server.AbortClients());

    /// <summary>Waits until the server is closed and all its connections have gone.</summary>
    public Task WaitClosed() => Task.WhenAll(_parts.Select(static part => Ask(part.Member, part.Server.WaitClosed)));

    /// <summary>Closes the server and waits until its connections have gone.</summary>
    public async ValueTask DisposeAsync()
    {
        await Close().ConfigureAwait(false);
        await WaitClosed().ConfigureAwait(false);
    }

    /// <summary>It is closed and its connections have gone, on every loop.</summary>
    internal bool IsOver => _parts.All(static part => part.Server.IsOver || !part.Member.IsAlive);

    /// <inheritdoc/>
    public override string ToString() => $"<LoopGroupServer {string.Join(", ", LocalEndPoints)} loops={_parts.Count} connections={Connections}>";

    private Task OnAll(Action<Server> action) => Task.WhenAll(_parts.Select(part => Ask(part.Member, () => Do(part.Server, action))));

    private static async Coroutine Do(Server server, Action<Server> action)
    {
        await Aio.Sleep(0);
        action(server);
    }

    private static async Task Ask(LoopMember member, Func<Coroutine> question)
    {
        if (!member.IsAlive)
            return;
        try
        {
            await member.Call<Unit>(() => question()).ConfigureAwait(false);
        }
        catch (Exception) when (!member.IsAlive)
        {
            // It ended meanwhile, and everything on it.
        }
    }
}
