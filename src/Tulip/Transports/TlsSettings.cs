using System.Net.Security;

namespace Tulip;

/// <summary>How a connection is secured: .NET's own options for one side, and how long to wait for the other.</summary>
/// <remarks><threadsafety>Immutable; any thread. The options inside must not change while connections are made.</threadsafety></remarks>
public sealed class TlsSettings
{
    private static readonly TimeSpan s_usualHandshakeTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_usualShutdownTimeout = TimeSpan.FromSeconds(30);

    private TlsSettings(SslClientAuthenticationOptions? client, SslServerAuthenticationOptions? server)
    {
        Client = client;
        Server = server;
    }

    /// <summary>The client's options; null on a server.</summary>
    public SslClientAuthenticationOptions? Client { get; }

    /// <summary>The server's options; null on a client.</summary>
    public SslServerAuthenticationOptions? Server { get; }

    /// <summary>How long the handshake may take before the connection is aborted (<c>ssl_handshake_timeout</c>); 60 seconds at first.</summary>
    public TimeSpan HandshakeTimeout
    {
        get;
        init => field = Positive(value, nameof(HandshakeTimeout));
    } = s_usualHandshakeTimeout;

    /// <summary>How long a closed connection waits for the peer's goodbye before it is aborted (<c>ssl_shutdown_timeout</c>);
    /// 30 seconds at first.</summary>
    public TimeSpan ShutdownTimeout
    {
        get;
        init => field = Positive(value, nameof(ShutdownTimeout));
    } = s_usualShutdownTimeout;

    /// <summary>A client that checks the server's certificate against a host's name.</summary>
    /// <param name="host">The name that the certificate has to be for; it is also told to the server (SNI).</param>
    public static TlsSettings ForClient(string host)
    {
        ArgumentException.ThrowIfNullOrEmpty(host);
        return new TlsSettings(new SslClientAuthenticationOptions { TargetHost = host }, null);
    }

    /// <summary>A client with options of its own: certificates, protocols (ALPN), checks.</summary>
    public static TlsSettings ForClient(SslClientAuthenticationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new TlsSettings(options, null);
    }

    /// <summary>A server.</summary>
    /// <param name="options">With a certificate, or what selects one by the name that the client asks for.</param>
    public static TlsSettings ForServer(SslServerAuthenticationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new TlsSettings(null, options);
    }

    /// <summary>The same, with other times to wait.</summary>
    /// <param name="handshake">See <see cref="HandshakeTimeout"/>.</param>
    /// <param name="shutdown">See <see cref="ShutdownTimeout"/>.</param>
    public TlsSettings WithTimeouts(TimeSpan handshake, TimeSpan shutdown)
        => new(Client, Server) { HandshakeTimeout = handshake, ShutdownTimeout = shutdown };

    /// <summary>These, if they are a client's.</summary>
    internal TlsSettings OfClient() => Client is not null
        ? this
        : throw new ArgumentException("A connection needs a client's settings: TlsSettings.ForClient.");

    /// <summary>These, if they are a server's.</summary>
    internal TlsSettings OfServer() => Server is not null
        ? this
        : throw new ArgumentException("A server needs a server's settings: TlsSettings.ForServer.");

    private static TimeSpan Positive(TimeSpan value, string name) => value > TimeSpan.Zero
        ? value
        : throw new ArgumentOutOfRangeException(name, value, "The time to wait must be more than zero.");
}
