using KLog.Clients.Errors;
using KLog.Clients.Metadata;

namespace KLog.Clients.Tests.Support;

internal static class Extensions
{
    /// <summary>Does something more, and goes on with the same value.</summary>
    public static T Also<T>(this T value, Action then)
    {
        then();
        return value;
    }

    /// <summary>A connection that ends is noticed by the request that it costs, and no later.</summary>
    public static async Task TryUntilAsync(this ClusterMetadata metadata, IReadOnlyCollection<string> topics)
    {
        try
        {
            await metadata.RefreshAsync(topics, CancellationToken.None);
        }
        catch (BrokerUnreachableException)
        {
            await metadata.RefreshAsync(topics, CancellationToken.None);
        }
    }
}
