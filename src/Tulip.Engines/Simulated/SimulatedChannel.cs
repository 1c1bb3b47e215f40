namespace Tulip.Engines.Simulated;

/// <summary>One direction between two sockets, in order. Thread: the loop's.</summary>
internal sealed class SimulatedChannel(string from, string to)
{
    public (string From, string To) Route => (from, to);

    public Queue<SimulatedPacket> UnderWay { get; } = [];
}

/// <summary>Something under way.</summary>
internal sealed class SimulatedPacket(int size, Action deliver)
{
    public int Size => size;

    public Action Deliver => deliver;

    public bool HasArrived { get; set; }
}

/// <summary>Something that happens at a time, unless it is dead by then.</summary>
internal sealed class SimulatedEvent(Action run)
{
    public Action Run => run;

    public bool IsDead { get; set; }
}

/// <summary>An operation that waits for its socket.</summary>
internal sealed class SimulatedOperation(in IoRequest request, SimulatedEndpoint socket, bool isWriting, int number)
{
    private readonly IoRequest _request = request;

    public ref readonly IoRequest Request => ref _request;

    public SimulatedEndpoint Socket => socket;

    public bool IsWriting => isWriting;

    public int Number => number;

    public bool IsQueued { get; set; }

    public bool HasEnded { get; set; }
}
