using System.Buffers.Text;

namespace KLog.Broker;

/// <summary>Who this broker is.</summary>
/// <param name="Epoch">The zxid of its registration: tells this life of the broker from earlier ones.</param>
public sealed record BrokerIdentity(int Id, string ClusterId, long Epoch)
{
    /// <summary>A cluster id as Kafka makes them: a random UUID in base64 for URLs, 22 characters.</summary>
    public static string NewClusterId()
    {
        string id;
        do
        {
            id = Base64Url.EncodeToString(Guid.NewGuid().ToByteArray(bigEndian: true));
        }
        while (id.StartsWith('-'));

        return id;
    }
}
