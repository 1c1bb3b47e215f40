using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tulip.Transports.Tests.Tls;

/// <summary>A certificate that nobody but the tests trusts, for localhost.</summary>
internal static class TestCertificate
{
    private static readonly Lazy<X509Certificate2> s_server = new(() => Make("localhost"));

    public static X509Certificate2 Server => s_server.Value;

    public static TlsSettings ForServer(Action<SslServerAuthenticationOptions>? change = null)
    {
        var options = new SslServerAuthenticationOptions { ServerCertificate = Server };
        change?.Invoke(options);
        return TlsSettings.ForServer(options);
    }

    /// <summary>A client that trusts this one certificate.</summary>
    public static TlsSettings ForClient(Action<SslClientAuthenticationOptions>? change = null)
    {
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate?.Equals(Server) == true,
        };
        change?.Invoke(options);
        return TlsSettings.ForClient(options);
    }

    public static X509Certificate2 Make(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }
}
