using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tulip.Streams.Tests;

/// <summary>A certificate for localhost that signs itself.</summary>
internal static class TestCertificate
{
    /// <summary>A client that takes any certificate.</summary>
    public static TlsSettings Client => TlsSettings.ForClient(new SslClientAuthenticationOptions
    {
        TargetHost = "localhost",
        RemoteCertificateValidationCallback = static (_, _, _, _) => true,
    });

    public static TlsSettings Server(X509Certificate2 certificate)
        => TlsSettings.ForServer(new SslServerAuthenticationOptions { ServerCertificate = certificate });

    public static X509Certificate2 Make()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }
}
