using System.Globalization;
using KLog.Clients.Connections;
using KLog.Clients.Errors;

namespace KLog.Clients;

/// <summary>What every client needs to know to talk to a cluster. Defaults are Kafka's.</summary>
public sealed record ClientOptions
{
    /// <summary>Brokers to ask first; the rest of the cluster is learnt from them.</summary>
    public required IReadOnlyList<BrokerAddress> BootstrapServers { get; init; }

    public string ClientId { get; init; } = "klog";

    /// <summary>How long one request may take until its connection is given up (request.timeout.ms).</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an operation may take with all its attempts (default.api.timeout.ms).</summary>
    public TimeSpan ApiTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a connection may take until it can be used (socket.connection.setup.timeout.ms).</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The pause before the second attempt; it doubles from one to the next (retry.backoff.ms).</summary>
    public TimeSpan RetryBackoff { get; init; } = TimeSpan.FromMilliseconds(100);

    public TimeSpan RetryBackoffMax { get; init; } = TimeSpan.FromSeconds(1);

    public ITransport Transport { get; init; } = PlaintextTransport.Instance;

    /// <summary>
    /// Takes what Kafka's properties say. Properties of other clients are passed over, as Kafka's clients do; but a
    /// security protocol that cannot be spoken is refused, rather than a secret be sent in the clear.
    /// </summary>
    /// <exception cref="InvalidConfigurationException">A value is none of its property's.</exception>
    public ClientOptions With(IReadOnlyDictionary<string, string> properties)
    {
        string protocol = properties.GetValueOrDefault("security.protocol", "PLAINTEXT");
        if (!protocol.Equals("PLAINTEXT", StringComparison.OrdinalIgnoreCase))
        {
            throw new InvalidConfigurationException("security.protocol", protocol, "only PLAINTEXT is spoken so far");
        }

        return this with
        {
            ClientId = properties.GetValueOrDefault("client.id", ClientId),
            RequestTimeout = Milliseconds(properties, "request.timeout.ms", RequestTimeout),
            ApiTimeout = Milliseconds(properties, "default.api.timeout.ms", ApiTimeout),
            ConnectTimeout = Milliseconds(properties, "socket.connection.setup.timeout.ms", ConnectTimeout),
            RetryBackoff = Milliseconds(properties, "retry.backoff.ms", RetryBackoff),
            RetryBackoffMax = Milliseconds(properties, "retry.backoff.max.ms", RetryBackoffMax),
        };
    }

    private static TimeSpan Milliseconds(IReadOnlyDictionary<string, string> properties, string name, TimeSpan otherwise)
    {
        if (!properties.TryGetValue(name, out string? text))
        {
            return otherwise;
        }

        return int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int ms)
            ? TimeSpan.FromMilliseconds(ms)
            : throw new InvalidConfigurationException(name, text, "must be a whole number of milliseconds, 0 or more");
    }
}
