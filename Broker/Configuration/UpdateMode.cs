namespace KLog.Broker.Configuration;

/// <summary>Whether a broker property can be changed while the broker runs, and for whom.</summary>
public enum UpdateMode
{
    /// <summary>From the file only.</summary>
    ReadOnly,

    /// <summary>Each broker has its own value; a value for all brokers makes no sense.</summary>
    PerBroker,

    /// <summary>For all brokers, or for one that deviates.</summary>
    ClusterWide,
}
