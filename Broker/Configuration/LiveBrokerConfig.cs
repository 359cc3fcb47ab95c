namespace KLog.Broker.Configuration;

/// <summary>
/// The configuration in force. Reading it costs one volatile read; a change replaces the whole snapshot and tells the
/// listeners, one change after the other, on the thread of whoever changed it.
/// </summary>
public sealed class LiveBrokerConfig(BrokerConfig initial)
{
    private readonly Lock _changing = new();
    private readonly List<Action<BrokerConfig, BrokerConfig>> _listeners = [];
    private volatile BrokerConfig _current = initial;

    public BrokerConfig Current => _current;

    /// <summary>Calls with the snapshots before and after each change, never for one that changes nothing.</summary>
    public void OnChange(Action<BrokerConfig, BrokerConfig> listener)
    {
        lock (_changing)
        {
            _listeners.Add(listener);
        }
    }

    /// <summary>Takes this broker's dynamic properties and those for all brokers, in place of the ones before.</summary>
    /// <exception cref="ConfigurationException">Not valid together; nothing has changed.</exception>
    public void Apply(IReadOnlyDictionary<string, string> forThisBroker, IReadOnlyDictionary<string, string> forAllBrokers)
    {
        lock (_changing)
        {
            BrokerConfig before = _current;
            if (Same(before.Layers.DynamicBroker, forThisBroker) && Same(before.Layers.DynamicDefault, forAllBrokers))
            {
                return;
            }

            BrokerConfig after = BrokerConfig.From(before.Layers with { DynamicBroker = forThisBroker, DynamicDefault = forAllBrokers });
            _current = after;
            foreach (Action<BrokerConfig, BrokerConfig> listener in _listeners)
            {
                listener(before, after);
            }
        }
    }

    private static bool Same(IReadOnlyDictionary<string, string> one, IReadOnlyDictionary<string, string> other) =>
        one.Count == other.Count && one.All(pair => other.TryGetValue(pair.Key, out string? value) && value == pair.Value);
}
