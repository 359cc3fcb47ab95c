using System.Globalization;

namespace KLog.Coordination.Registries;

/// <summary>The living brokers, /brokers/ids: ephemeral nodes, so that a broker is listed as long as its session lasts.</summary>
public sealed class BrokerRegistry(ICoordinationTree tree)
{
    /// <summary>
    /// Lists this broker, for as long as the session lasts, and returns its epoch. Throws NodeExists when another session
    /// holds the id: a second broker with it, or this one's life before, until its session has timed out.
    /// </summary>
    public async Task<long> RegisterAsync(BrokerRegistration broker, CancellationToken cancellation = default)
    {
        CreatedNode made = await tree.CreateAsync(Paths.Broker(broker.Id), broker.ToJson(), CreateMode.Ephemeral, cancellation);
        return made.Stat.CreatedZxid;
    }

    /// <summary>Tells anew what this broker is; its epoch stays.</summary>
    public Task UpdateAsync(BrokerRegistration broker, CancellationToken cancellation = default) =>
        tree.SetAsync(Paths.Broker(broker.Id), broker.ToJson(), cancellation: cancellation);

    public async Task<BrokerRegistration?> FindAsync(int id, Action<WatchEvent>? watch = null, CancellationToken cancellation = default)
    {
        string path = Paths.Broker(id);
        return await tree.FindAsync(path, watch, cancellation) is { } node ? BrokerRegistration.FromJson(id, path, node) : null;
    }

    /// <summary>All of them by id. The watch is for brokers that come and go.</summary>
    public async Task<IReadOnlyList<BrokerRegistration>> ListAsync(Action<WatchEvent>? watch = null, CancellationToken cancellation = default)
    {
        IReadOnlyList<string> ids = await tree.ListAsync(Paths.BrokerIds, watch, cancellation);
        BrokerRegistration?[] brokers = await Task.WhenAll(ids.Select(id => FindAsync(int.Parse(id, CultureInfo.InvariantCulture), null, cancellation)));
        return [.. brokers.OfType<BrokerRegistration>().OrderBy(broker => broker.Id)];
    }
}
