// GroupListening: makes a server on all loops of a group: all of it or nothing.
// Thread: any; each part is made on its own loop.
using System.Net;

namespace Tulip;

internal sealed class GroupListening
{
    private readonly List<(LoopMember Member, Server Server)> _parts = [];
    private SharedListeners? _shared;

    /// <summary>Whether each loop has listeners of its own; else the first accepts for all.</summary>
    public required bool Spreads { get; init; }

    public required ServerOptions Options { get; init; }

    public required Func<LoopMember, Func<BaseProtocol>> Factories { get; init; }

    /// <summary>Binds the first loop's part.</summary>
    public required Func<LoopMember, Coroutine<Server>> First { get; init; }

    public async Task<LoopGroupServer> Open(IReadOnlyList<LoopMember> members)
    {
        if (members.Count == 0)
            throw new InvalidOperationException("No loop of the group is left to serve on.");

        try
        {
            var addresses = await Make(members[0], First).ConfigureAwait(false);
            foreach (var member in members.Skip(1))
                await Make(member, member => Next(member, addresses)).ConfigureAwait(false);
            if (!Spreads && _parts.Count > 1)
                _shared = await members[0].Call(Share).ConfigureAwait(false);
            var server = new LoopGroupServer(_parts, addresses, _shared);
            if (Options.StartServing)
                await server.StartServing().ConfigureAwait(false);
            return server;
        }
        catch
        {
            await new LoopGroupServer(_parts, [], _shared).Close().ConfigureAwait(false);
            throw;
        }
    }

    private async Task<IReadOnlyList<EndPoint>> Make(LoopMember member, Func<LoopMember, Coroutine<Server>> make)
    {
        var (server, addresses) = await member.Call(async () =>
        {
            var server = await make(member);
            server.Count = member.Connections;
            member.Add(server);
            return (server, server.LocalEndPoints);
        }).ConfigureAwait(false);
        _parts.Add((member, server));
        return addresses;
    }

    private async Coroutine<SharedListeners> Share()
    {
        await Aio.Sleep(0);
        return SharedListeners.Of([.. _parts.Select(static part => part.Server)]);
    }

    private async Coroutine<Server> Next(LoopMember member, IReadOnlyList<EndPoint> addresses)
    {
        await Aio.Sleep(0);
        return Spreads
            ? ServerParts.BindTo(member.Loop, Factories(member), [.. addresses.Cast<IPEndPoint>()], Options)
            : ServerParts.WithoutListeners(member.Loop, Factories(member), Options);
    }
}
