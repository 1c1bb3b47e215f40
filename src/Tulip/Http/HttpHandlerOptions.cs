using System.Net.Security;

namespace Tulip;

/// <summary>How the connections of an HTTP handler are made: see <see cref="Aio.CreateHttpHandler"/>.</summary>
/// <remarks><threadsafety>Immutable; any thread. What it refers to must not change while a handler uses it.</threadsafety></remarks>
public sealed record HttpHandlerOptions
{
    /// <summary>The Unix socket that every connection is made to, whatever host the address names; null, the default, for TCP.
    /// Proxies are not used then.</summary>
    public string? UnixSocketPath { get; init; }

    /// <summary>How connections of <c>https</c> and <c>wss</c> are secured: certificates, checks, protocols. Null, the default: the
    /// server's certificate is checked against the host's name.</summary>
    public SslClientAuthenticationOptions? Tls { get; init; }

    /// <summary>How connections by TCP are made. By default the next address is tried after 250 ms (Happy Eyeballs).</summary>
    /// <exception cref="ArgumentException"><see cref="ConnectionOptions.Tls"/> is set: the handler's own <see cref="Tls"/> has its place.</exception>
    public ConnectionOptions Connection
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            if (value.Tls is not null)
                throw new ArgumentException("An HTTP handler secures its connections itself: set HttpHandlerOptions.Tls instead of Connection.Tls.", nameof(value));
            field = value;
        }
    } = new() { HappyEyeballsDelay = 0.25 };

    /// <summary>How many connections to one server there may be at a time, at least 1; further requests wait in line. Without a limit at first.</summary>
    public int MaxConnectionsPerServer
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "There must be at least one connection.");
    } = int.MaxValue;

    /// <summary>How long connecting may take, TLS included; more than zero, or <see cref="Timeout.InfiniteTimeSpan"/>, the default: then
    /// only the request's own time counts.</summary>
    public TimeSpan ConnectTimeout
    {
        get;
        init => field = value > TimeSpan.Zero || value == Timeout.InfiniteTimeSpan
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "The time to connect must be more than zero.");
    } = Timeout.InfiniteTimeSpan;

    /// <summary>Called with .NET's handler before its first use, for everything else: cookies, redirects, decompression, proxies, idle times.
    /// Its <see cref="SocketsHttpHandler.ConnectCallback"/> is Tulip's.</summary>
    public Action<SocketsHttpHandler>? Configure { get; init; }
}
