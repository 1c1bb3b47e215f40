// LoopTransports: what the transports of one loop share.
// Thread: the loop's.  Owns: the memory on its way out, and the list of the loop's living transports.
//   1. A transport is in the list from its construction until its ConnectionLost has been called; Slot is its place there.
//   2. A direction of a descriptor has either a callback of the user's or one operation's claim, never both.
//   3. A descriptor is known to be a transport's from the moment when the transport has shown its socket to anybody.
using System.Net;
using System.Net.Sockets;
using Tulip.Engines;

namespace Tulip;

internal sealed class LoopTransports : IDisposable
{
    private const int SegmentsPerSend = 64;

    private readonly List<SocketTransport> _transports = [];
    private readonly Dictionary<int, BaseTransport> _shown = [];
    private readonly Dictionary<int, DescriptorWatch> _watches = [];
    private readonly HashSet<(int Descriptor, bool Writing)> _claims = [];

    private LoopTransports(EventLoop loop)
    {
        Loop = loop;
        Engine = loop.Io.Engine;
        Events = new IoEvents(loop);
        Places = new OpenPlaces(loop);
    }

    public EventLoop Loop { get; }

    /// <summary>Where what is open was made, in debug mode.</summary>
    public OpenPlaces Places { get; }

    /// <summary>The living transports.</summary>
    public IReadOnlyList<SocketTransport> All => _transports;

    /// <summary>The child processes whose end has not been told.</summary>
    public HashSet<ChildTransport> Children { get; } = [];

    public IIoEngine Engine { get; }

    /// <summary>Whether the network is a simulated one, in virtual time.</summary>
    public bool IsSimulated => Engine is ISimulatedTime;

    public IoEvents Events { get; }

    /// <summary>What higher layers have that cannot outlive the loop; disposed when it closes.</summary>
    public HashSet<IDisposable> Dependents { get; } = [];

    /// <summary>Asks the system for a host's addresses, on a thread of the executor; tests have answers of their own.</summary>
    public Func<string, AddressFamily, IPAddress[]> Lookup { get; set; } = Dns.GetHostAddresses;

    /// <summary>How long a server waits when the system has no room for another connection, in seconds; tests wait less.</summary>
    public double AcceptRetryDelay { get; set; } = 1;

    public BlockPool Blocks { get; } = new();

    public EndPointCache EndPoints { get; } = new();

    /// <summary>For the pieces of one send, while it is submitted.</summary>
    public ReadOnlyMemory<byte>[] Segments { get; } = new ReadOnlyMemory<byte>[SegmentsPerSend];

    public static LoopTransports Of(EventLoop loop)
    {
        if (loop.Io.User is LoopTransports known)
            return known;

        loop.CheckCanSchedule();
        var made = new LoopTransports(loop);
        loop.Io.User = made;
        return made;
    }

    /// <summary>The loop closes: no child outlives it.</summary>
    public void Dispose()
    {
        foreach (var dependent in Dependents.ToArray())
            dependent.Dispose();
        Dependents.Clear();
        foreach (var child in Children)
            child.OnLoopClosed();
        Children.Clear();
        Places.Report();
    }

    public void Add(SocketTransport transport)
    {
        transport.Slot = _transports.Count;
        _transports.Add(transport);
        Places.Note(transport, transport.Server is { } server ? $" by a client of {server}" : null);
    }

    public void Remove(SocketTransport transport)
    {
        Places.Forget(transport);

        // The last one moves into the gap.
        var last = _transports[^1];
        _transports[transport.Slot] = last;
        last.Slot = transport.Slot;
        _transports.RemoveAt(_transports.Count - 1);
    }

    /// <summary>The living connections of a server.</summary>
    public SocketTransport[] ClientsOf(Server server) => [.. _transports.Where(transport => ReferenceEquals(transport.Server, server))];

    public void Show(int descriptor, BaseTransport transport) => _shown[descriptor] = transport;

    public void Forget(int descriptor, BaseTransport transport)
    {
        if (_shown.TryGetValue(descriptor, out var owner) && ReferenceEquals(owner, transport))
            _shown.Remove(descriptor);
    }

    /// <summary>The engine, if it can watch descriptors.</summary>
    /// <exception cref="NotSupportedException">It cannot.</exception>
    public IDescriptorEngine DescriptorEngine => Engine as IDescriptorEngine ?? throw new NotSupportedException(
        $"The engine \"{Engine.Name}\" cannot watch descriptors; epoll and io_uring can ({EngineSelector.Variable} chooses).");

    public void Watch(int descriptor, bool writing, Action callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        Loop.CheckCanSchedule();
        CheckFree(descriptor, writing);
        WatchClaimed(descriptor, writing, callback);
    }

    public bool Unwatch(int descriptor, bool writing)
    {
        Loop.CheckThread();
        return !_claims.Contains((descriptor, writing)) && UnwatchClaimed(descriptor, writing);
    }

    /// <summary>Gives a direction of a descriptor to one operation, until it disposes of the claim.</summary>
    public DescriptorClaim Claim(int descriptor, bool writing)
    {
        Loop.CheckCanSchedule();
        CheckFree(descriptor, writing);
        if (_watches.TryGetValue(descriptor, out var watch) && watch.Has(writing))
            throw new InvalidOperationException($"The descriptor {descriptor} is watched: call {(writing ? "RemoveWriter" : "RemoveReader")} first.");

        _claims.Add((descriptor, writing));
        return new DescriptorClaim(this, descriptor, writing);
    }

    public void Release(int descriptor, bool writing) => _claims.Remove((descriptor, writing));

    public void WatchClaimed(int descriptor, bool writing, Action callback)
    {
        if (!_watches.TryGetValue(descriptor, out var watch))
        {
            watch = new DescriptorWatch(this, _watches, descriptor, DescriptorEngine.Watch(descriptor));
            _watches.Add(descriptor, watch);
        }

        watch.Set(writing, callback);
    }

    public bool UnwatchClaimed(int descriptor, bool writing)
        => _watches.TryGetValue(descriptor, out var watch) && watch.Remove(writing);

    private void CheckFree(int descriptor, bool writing)
    {
        if (_shown.TryGetValue(descriptor, out var transport))
            throw new InvalidOperationException($"The descriptor {descriptor} is used by the transport {transport}.");
        if (_claims.Contains((descriptor, writing)))
        {
            throw new InvalidOperationException(
                $"Another operation {(writing ? "writes to" : "reads from")} the socket with descriptor {descriptor}; wait until it has ended.");
        }
    }
}
