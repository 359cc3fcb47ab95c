using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace KLog.Coordination.ZooKeeper;

/// <summary>TCP, and TLS over it when that is configured.</summary>
internal sealed class SocketTransport(ZooKeeperTls? tls) : IZooKeeperTransport
{
    public async Task<Stream> ConnectAsync(ServerAddress server, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Stream stream;
        try
        {
            await socket.ConnectAsync(server.Host, server.Port, cancellation);
            stream = new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        return tls is null ? stream : await SecureAsync(stream, tls, server, cancellation);
    }

    private static async Task<Stream> SecureAsync(Stream stream, ZooKeeperTls tls, ServerAddress server, CancellationToken cancellation)
    {
        var secure = new SslStream(stream);
        try
        {
            await secure.AuthenticateAsClientAsync(Options(tls, server.Host), cancellation);
            return secure;
        }
        catch
        {
            await secure.DisposeAsync();
            throw;
        }
    }

    private static SslClientAuthenticationOptions Options(ZooKeeperTls tls, string host)
    {
        SslPolicyErrors ignored = tls.VerifyHostname ? SslPolicyErrors.None : SslPolicyErrors.RemoteCertificateNameMismatch;
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = host,
            EnabledSslProtocols = tls.Protocols,
            RemoteCertificateValidationCallback = (_, _, _, errors) => (errors & ~ignored) == SslPolicyErrors.None,
        };
        if (tls.Trusted is { } trusted)
        {
            options.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(trusted);
        }

        if (tls.Client?.FirstOrDefault(certificate => certificate.HasPrivateKey) is { } own)
        {
            options.ClientCertificateContext = SslStreamCertificateContext.Create(own, tls.Client, offline: true);
        }

        return options;
    }
}
