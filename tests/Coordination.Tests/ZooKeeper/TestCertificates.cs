using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KLog.Coordination.Tests.ZooKeeper;

/// <summary>A signer, and a server's and a client's certificate by it; made anew in every run.</summary>
public sealed class TestCertificates
{
    private readonly X509Certificate2 _signer;
    private readonly X509Certificate2 _server;

    public TestCertificates()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=klog tests", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _signer = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        _server = Signed("CN=server", 1);
        Client = Signed("CN=client", 2);
    }

    public X509Certificate2 Signer => X509CertificateLoader.LoadCertificate(_signer.RawData);

    public X509Certificate2 Client { get; }

    /// <summary>server.pem: key and certificate; ca.pem: whom the server trusts.</summary>
    public void Write(string folder)
    {
        using ECDsa key = _server.GetECDsaPrivateKey()!;
        File.WriteAllText(Path.Combine(folder, "server.pem"), key.ExportPkcs8PrivateKeyPem() + "\n" + _server.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "ca.pem"), _signer.ExportCertificatePem());
    }

    private X509Certificate2 Signed(string name, byte serial)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 certificate = request.Create(_signer, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(20), [serial]);
        return certificate.CopyWithPrivateKey(key);
    }
}
