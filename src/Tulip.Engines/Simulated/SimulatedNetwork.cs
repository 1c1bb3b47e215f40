// SimulatedNetwork: links, their conditions, and what is under way on them, in virtual time.
// Thread: the loop's.
//   1. Events of one time happen in the order in which they were scheduled; chance is the seed's alone: a run repeats exactly.
//   2. A channel delivers in the order of sending: what is lost or cut off holds back what is behind it.
using System.Net;

namespace Tulip.Engines;

/// <summary>A network in memory, for tests: latency, bandwidth, loss and partitions, in virtual time, the same in every run of a seed.</summary>
/// <remarks>
/// <para>An address is a machine: bind one socket to 10.0.0.1 and another to 10.0.0.2, and there is a link between them, whose
/// conditions can be changed at any time. One network serves one <see cref="SimulatedEngine"/>.</para>
/// <threadsafety>Loop thread only.</threadsafety>
/// </remarks>
public sealed class SimulatedNetwork
{
    private const long LeastRetransmission = 200_000_000;
    private const int MostRetransmissions = 12;

    private readonly PriorityQueue<Simulated.SimulatedEvent, (long When, long Number)> _events = new();
    private readonly Dictionary<(string From, string To), LinkConditions> _links = [];
    private readonly Dictionary<(string From, string To), long> _busyUntil = [];
    private readonly HashSet<(string From, string To)> _cut = [];
    private readonly List<(Simulated.SimulatedChannel Channel, Simulated.SimulatedPacket Packet)> _stranded = [];
    private readonly Random _random;
    private long _lastNumber;

    /// <summary>A network on which everything arrives at once.</summary>
    /// <param name="seed">What chance begins with.</param>
    public SimulatedNetwork(int seed = 0) => _random = new Random(seed);

    /// <summary>The conditions of links that have none of their own.</summary>
    public LinkConditions Conditions { get; set; } = new();

    internal long Now { get; private set; }

    internal Dictionary<string, Simulated.SimulatedSocket> Listeners { get; } = [];

    internal Dictionary<string, Simulated.SimulatedDatagramSocket> Receivers { get; } = [];

    internal int LastPort { get; set; } = 49151;

    internal bool IsTaken { get; set; }

    /// <summary>Sets the conditions between two addresses, in both directions, for what is sent from now on.</summary>
    /// <exception cref="ArgumentException">The conditions are not possible.</exception>
    public void SetLink(IPAddress one, IPAddress other, LinkConditions conditions)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(other);
        ArgumentNullException.ThrowIfNull(conditions);
        if (conditions.Latency < TimeSpan.Zero || conditions.Jitter < TimeSpan.Zero || conditions.BytesPerSecond < 0 || conditions.Loss is not (>= 0 and < 1))
            throw new ArgumentException("Latency, jitter and bandwidth are not negative, loss is at least 0 and less than 1.", nameof(conditions));

        _links[(one.ToString(), other.ToString())] = conditions;
        _links[(other.ToString(), one.ToString())] = conditions;
    }

    /// <summary>Cuts the link between two addresses: nothing arrives until <see cref="Heal"/>, and nobody is told.</summary>
    public void Partition(IPAddress one, IPAddress other)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(other);
        _cut.Add((one.ToString(), other.ToString()));
        _cut.Add((other.ToString(), one.ToString()));
    }

    /// <summary>Mends the link between two addresses: what was cut off is sent again.</summary>
    public void Heal(IPAddress one, IPAddress other)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(other);
        _cut.Remove((one.ToString(), other.ToString()));
        _cut.Remove((other.ToString(), one.ToString()));
        var again = _stranded.FindAll(stranded => !_cut.Contains(stranded.Channel.Route));
        _stranded.RemoveAll(stranded => !_cut.Contains(stranded.Channel.Route));
        foreach (var (channel, packet) in again)
            Transmit(channel, packet);
    }

    internal bool TryPeek(out long when)
    {
        while (_events.TryPeek(out var next, out var place))
        {
            when = place.When;
            if (!next.IsDead)
                return true;
            _events.Dequeue();
        }

        when = 0;
        return false;
    }

    internal void MoveTo(long now)
    {
        while (TryPeek(out var when) && when <= now)
        {
            Now = Math.Max(Now, when);
            _events.Dequeue().Run();
        }

        Now = Math.Max(Now, now);
    }

    internal Simulated.SimulatedEvent Schedule(long when, Action run)
    {
        var scheduled = new Simulated.SimulatedEvent(run);
        _events.Enqueue(scheduled, (when, ++_lastNumber));
        return scheduled;
    }

    /// <summary>Sends something over a channel; it is delivered behind everything sent over it before.</summary>
    internal void Send(Simulated.SimulatedChannel channel, int size, Action deliver)
    {
        var packet = new Simulated.SimulatedPacket(size, deliver);
        channel.UnderWay.Enqueue(packet);
        Transmit(channel, packet);
    }

    /// <summary>Sends a datagram: it is delivered, or lost, in spite of all others.</summary>
    internal void SendDatagram((string From, string To) route, int size, Action deliver)
    {
        var when = ArrivalOf(route, size, out var conditions);
        if (conditions.Loss > 0 && _random.NextDouble() < conditions.Loss)
            return;

        Schedule(when, () =>
        {
            if (!_cut.Contains(route))
                deliver();
        });
    }

    private long ArrivalOf((string From, string To) route, int size, out LinkConditions conditions)
    {
        conditions = _links.GetValueOrDefault(route, Conditions);
        var when = Now;
        if (conditions.BytesPerSecond > 0)
        {
            when = Math.Max(when, _busyUntil.GetValueOrDefault(route));
            when += (long)((Int128)size * 1_000_000_000 / conditions.BytesPerSecond);
            _busyUntil[route] = when;
        }

        when += conditions.Latency.Ticks * 100;
        if (conditions.Jitter > TimeSpan.Zero)
            when += _random.NextInt64(conditions.Jitter.Ticks * 100 + 1);
        return when;
    }

    private void Transmit(Simulated.SimulatedChannel channel, Simulated.SimulatedPacket packet)
    {
        var when = ArrivalOf(channel.Route, packet.Size, out var conditions);
        var latency = conditions.Latency.Ticks * 100;
        var retransmission = Math.Max(LeastRetransmission, 2 * latency);
        for (var i = 0; i < MostRetransmissions && conditions.Loss > 0 && _random.NextDouble() < conditions.Loss; i++)
        {
            when += retransmission;
            retransmission *= 2;
        }

        Schedule(when, () => Arrive(channel, packet));
    }

    private void Arrive(Simulated.SimulatedChannel channel, Simulated.SimulatedPacket packet)
    {
        if (_cut.Contains(channel.Route))
        {
            _stranded.Add((channel, packet));
            return;
        }

        packet.HasArrived = true;
        while (channel.UnderWay.TryPeek(out var first) && first.HasArrived)
            channel.UnderWay.Dequeue().Deliver();
    }
}
