namespace Tulip;

/// <summary>The names under which a secured transport tells about itself (<see cref="BaseTransport.GetExtraInfo"/>).</summary>
/// <remarks><threadsafety>Any thread.</threadsafety></remarks>
public static class TlsInfo
{
    /// <summary>The <see cref="System.Net.Security.SslStream"/>, to ask, not to use (<c>ssl_object</c>).</summary>
    public const string SslStreamName = "ssl_object";

    /// <summary>The peer's certificate, an <see cref="System.Security.Cryptography.X509Certificates.X509Certificate"/>, or null (<c>peercert</c>).</summary>
    public const string PeerCertificateName = "peercert";

    /// <summary>The <see cref="System.Net.Security.TlsCipherSuite"/> in use (<c>cipher</c>).</summary>
    public const string CipherName = "cipher";

    /// <summary>The <see cref="System.Security.Authentication.SslProtocols"/> in use (<c>version</c> of the SSL object).</summary>
    public const string ProtocolName = "ssl_version";

    /// <summary>The application protocol agreed on, a string, empty if none (<c>selected_alpn_protocol</c>).</summary>
    public const string AlpnName = "alpn";
}
