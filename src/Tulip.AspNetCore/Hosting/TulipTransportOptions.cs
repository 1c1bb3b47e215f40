using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Tulip.Engines;

namespace Tulip.AspNetCore;

/// <summary>How Kestrel's connections are carried by Tulip's event loops. Names and defaults are those of
/// <see cref="SocketTransportOptions"/> where that has the same.</summary>
/// <remarks><threadsafety>One thread; read once, when the server begins to listen.</threadsafety></remarks>
public sealed class TulipTransportOptions
{
    /// <summary>How many event loops there are, each on a thread of its own, with the connections spread over them; 1 at first.</summary>
    /// <remarks>With one loop, no two pieces of handler code ever run at the same time, so that nothing they share needs a lock. With
    /// more that holds for what belongs to one loop only. More than the machine has processors is of no use.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1, or more than 1,024.</exception>
    public int Loops
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 1024);
            field = value;
        }
    } = 1;

    /// <summary>What the loops do their I/O with, one of <see cref="EngineSelector.Names"/>; null, the default, for what the environment
    /// variable <c>TULIP_ENGINE</c> names or, without it, the machine's best.</summary>
    public string? Engine { get; set; }

    /// <summary>How many connections may wait to be accepted; 512 at first.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative.</exception>
    public int Backlog
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            field = value;
        }
    } = 512;

    /// <summary>Whether small writes leave at once (TCP_NODELAY); the default.</summary>
    public bool NoDelay { get; set; } = true;

    /// <summary>How many received bytes of a connection may wait for the application before its socket is no longer read; 1 MiB at first.
    /// Null or 0 for no limit.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative.</exception>
    public long? MaxReadBufferSize { get; set => field = NotNegative(value); } = 1024 * 1024;

    /// <summary>How many written bytes of a connection may wait to leave before <c>FlushAsync</c> waits; 64 KiB at first. It goes on
    /// when half of that is left. Null or 0 for no limit.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative.</exception>
    public long? MaxWriteBufferSize { get; set => field = NotNegative(value); } = 64 * 1024;

    /// <summary>Whether an aborted connection ends by FIN, as an orderly one does, and not by RST; not by default.</summary>
    public bool FinOnError { get; set; }

    /// <summary>Makes the socket to listen with, bound to the end point;
    /// <see cref="SocketTransportOptions.CreateDefaultBoundListenSocket"/> at first.</summary>
    /// <exception cref="ArgumentNullException">Null.</exception>
    public Func<EndPoint, Socket> CreateBoundListenSocket
    {
        get;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            field = value;
        }
    } = SocketTransportOptions.CreateDefaultBoundListenSocket;

    /// <summary>Called for each loop, on its thread, before it runs: to set its debug mode, its task factory or its busy polling. Null at first.
    /// Errors go to the <c>ILogger</c> of category <c>Tulip.AspNetCore.Loop</c>, unless this sets another exception handler.</summary>
    public Action<EventLoop>? ConfigureLoop { get; set; }

    private static long? NotNegative(long? value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value.GetValueOrDefault(), nameof(value));
        return value;
    }
}
