namespace ChaosProxy;

/// <summary>What the proxy understands of what it passes on.</summary>
internal enum ProxyProtocol
{
    /// <summary>Nothing: pieces of data in two directions.</summary>
    Tcp,

    /// <summary>Requests and responses.</summary>
    Http,
}

/// <summary>How a proxy is set up; the defaults are Vaurien's.</summary>
internal sealed record ProxyOptions
{
    public ProxyProtocol Protocol { get; init; } = ProxyProtocol.Tcp;

    /// <summary>Where clients connect to; port 0 takes a free one.</summary>
    public HostAndPort Proxy { get; init; } = new("localhost", 8000);

    /// <summary>Where it connects to for them.</summary>
    public HostAndPort Backend { get; init; } = new("localhost", 80);

    public BehaviourMix Behaviours { get; init; } = BehaviourMix.Only(Behaviour.Dummy);

    public BehaviourOptions BehaviourOptions { get; init; } = new();

    /// <summary>For draws that repeat; null for others each time.</summary>
    public int? Seed { get; init; }

    /// <summary>How long a connection may be idle, and a backend silent, in seconds.</summary>
    public double Timeout { get; init; } = 30;

    /// <summary>Whether an idle connection is kept beyond the timeout.</summary>
    public bool StayConnected { get; init; }

    /// <summary>How many bytes at most are a piece of data.</summary>
    public int BufferSize { get; init; } = 8192;

    /// <summary>How many clients may wait to be accepted.</summary>
    public int Backlog { get; init; } = 8192;

    /// <summary>How many connections to the backend there are at most.</summary>
    public int PoolMaxSize { get; init; } = 100;

    /// <summary>How long a client waits for one of them, in seconds.</summary>
    public double PoolTimeout { get; init; } = 30;

    /// <summary>Whether a request's Host is the backend's rather than what the client wrote.</summary>
    public bool OverwritesHostHeader { get; init; } = true;

    /// <summary>Where the behaviours can be asked for and changed; null for nowhere.</summary>
    public HostAndPort? Control { get; init; }
}
