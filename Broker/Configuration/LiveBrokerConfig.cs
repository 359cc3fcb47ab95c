namespace KLog.Broker.Configuration;

/// <summary>
/// The configuration in force. Reading it costs one volatile read; a change replaces the whole snapshot and tells the
/// listeners, one change after the other, on the thread of whoever changed it.
/// </summary>
public sealed class LiveBrokerConfig(BrokerConfig initial)
{
    private readonly Lock changing = new();
    private readonly List<Action<BrokerConfig, BrokerConfig>> listeners = [];
    private volatile BrokerConfig current = initial;

    public BrokerConfig Current => current;

    /// <summary>Calls with the snapshots before and after each change, never for one that changes nothing.</summary>
    public void OnChange(Action<BrokerConfig, BrokerConfig> listener)
    {
        lock (changing)
        {
            listeners.Add(listener);
        }
    }

    /// <summary>Takes this broker's dynamic properties and those for all brokers, in place of the ones before.</summary>
    /// <exception cref="ConfigurationException">Not valid together; nothing has changed.</exception>
    public void Apply(IReadOnlyDictionary<string, string> forThisBroker, IReadOnlyDictionary<string, string> forAllBrokers)
    {
        lock (changing)
        {
            BrokerConfig before = current;
            if (Same(before.Layers.DynamicBroker, forThisBroker) && Same(before.Layers.DynamicDefault, forAllBrokers))
            {
                return;
            }

            BrokerConfig after = BrokerConfig.From(before.Layers with { DynamicBroker = forThisBroker, DynamicDefault = forAllBrokers });
            current = after;
            foreach (Action<BrokerConfig, BrokerConfig> listener in listeners)
            {
                listener(before, after);
            }
        }
    }

    private static bool Same(IReadOnlyDictionary<string, string> one, IReadOnlyDictionary<string, string> other) =>
        one.Count == other.Count && one.All(pair => other.TryGetValue(pair.Key, out string? value) && value == pair.Value);
}
