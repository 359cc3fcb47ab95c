using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace KLog.Coordination.ZooKeeper;

/// <summary>How to reach an ensemble. Beside each value stands Kafka's property.</summary>
public sealed record ZooKeeperOptions
{
    /// <summary>zookeeper.connect</summary>
    public required ConnectString Servers { get; init; }

    /// <summary>zookeeper.session.timeout.ms: what is asked for; the server has bounds of its own (2 and 20 of its ticks).</summary>
    public TimeSpan SessionTimeout { get; init; } = TimeSpan.FromSeconds(18);

    /// <summary>zookeeper.connection.timeout.ms: how long the first connection may take. Unset in Kafka, it is the session's time-out.</summary>
    public TimeSpan ConnectionTimeout { get; init; } = TimeSpan.FromSeconds(18);

    /// <summary>zookeeper.set.acl: nodes belong to whoever this connection authenticates as.</summary>
    public bool SetAcl { get; init; }

    /// <summary>Makes the chroot when it is not there.</summary>
    public bool CreateChroot { get; init; }

    /// <summary>jute.maxbuffer, in bytes: no request and no answer is longer. A server's own is 1 MiB − 1 unless set.</summary>
    public int MaxBufferBytes { get; init; } = 4 << 20;

    /// <summary>The user of the section "Client" of a JAAS file.</summary>
    public SaslCredentials? Sasl { get; init; }

    /// <summary>zookeeper.ssl.client.enable and what goes with it.</summary>
    public ZooKeeperTls? Tls { get; init; }
}

/// <summary>A user for SASL DIGEST-MD5.</summary>
public sealed record SaslCredentials(string User, string Password)
{
    /// <summary>Without the password: this may be logged.</summary>
    public override string ToString() => $"SASL user {User}";
}

/// <summary>TLS to ZooKeeper.</summary>
public sealed record ZooKeeperTls
{
    /// <summary>zookeeper.ssl.truststore.*: who may sign a server's certificate; null: whom the system trusts.</summary>
    public X509Certificate2Collection? Trusted { get; init; }

    /// <summary>zookeeper.ssl.keystore.*: this side's certificate with its private key, and what leads from it to its signer.</summary>
    public X509Certificate2Collection? Client { get; init; }

    /// <summary>zookeeper.ssl.endpoint.identification.algorithm: whether the certificate must be for the host that was asked for.</summary>
    public bool VerifyHostname { get; init; } = true;

    /// <summary>zookeeper.ssl.enabled.protocols; None leaves the choice to the system.</summary>
    public SslProtocols Protocols { get; init; } = SslProtocols.None;
}
