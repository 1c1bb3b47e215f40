// LoopTransports: what the transports of one loop share.
// Thread: the loop's.  Owns: the memory on its way out, and the list of the loop's living transports.
//   1. A transport is in the list from its construction until its ConnectionLost has been called; Slot is its place there.
//   2. A descriptor is known to be a transport's from the moment when the transport has shown its socket to anybody.
using Tulip.Engines;

namespace Tulip;

internal sealed class LoopTransports : IDisposable
{
    private const int SegmentsPerSend = 64;

    private readonly List<SocketTransport> _transports = [];
    private readonly Dictionary<int, SocketTransport> _shown = [];
    private readonly Dictionary<int, DescriptorWatch> _watches = [];

    private LoopTransports(EventLoop loop)
    {
        Loop = loop;
        Engine = loop.Io.Engine;
        Events = new IoEvents(loop);
    }

    public EventLoop Loop { get; }

    /// <summary>The child processes whose end has not been told.</summary>
    public HashSet<ChildTransport> Children { get; } = [];

    public IIoEngine Engine { get; }

    public IoEvents Events { get; }

    public BlockPool Blocks { get; } = new();

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
        foreach (var child in Children)
            child.OnLoopClosed();
        Children.Clear();
    }

    public void Add(SocketTransport transport)
    {
        transport.Slot = _transports.Count;
        _transports.Add(transport);
    }

    public void Remove(SocketTransport transport)
    {
        // The last one moves into the gap.
        var last = _transports[^1];
        _transports[transport.Slot] = last;
        last.Slot = transport.Slot;
        _transports.RemoveAt(_transports.Count - 1);
    }

    /// <summary>The living connections of a server.</summary>
    public SocketTransport[] ClientsOf(Server server) => [.. _transports.Where(transport => ReferenceEquals(transport.Server, server))];

    public void Show(int descriptor, SocketTransport transport) => _shown[descriptor] = transport;

    public void Forget(int descriptor, SocketTransport transport)
    {
        if (_shown.TryGetValue(descriptor, out var owner) && ReferenceEquals(owner, transport))
            _shown.Remove(descriptor);
    }

    public void Watch(int descriptor, bool writing, Action callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        Loop.CheckCanSchedule();
        if (_shown.TryGetValue(descriptor, out var transport))
            throw new InvalidOperationException($"The descriptor {descriptor} is used by the transport {transport}.");
        if (Engine is not IDescriptorEngine engine)
        {
            throw new NotSupportedException(
                $"The engine \"{Engine.Name}\" cannot watch descriptors; epoll and io_uring can ({EngineSelector.Variable} chooses).");
        }

        if (!_watches.TryGetValue(descriptor, out var watch))
        {
            watch = new DescriptorWatch(this, _watches, descriptor, engine.Watch(descriptor));
            _watches.Add(descriptor, watch);
        }

        watch.Set(writing, callback);
    }

    public bool Unwatch(int descriptor, bool writing)
    {
        Loop.CheckThread();
        return _watches.TryGetValue(descriptor, out var watch) && watch.Remove(writing);
    }
}
