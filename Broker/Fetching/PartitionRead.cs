using KLog.Broker.Replication;
using KLog.Broker.Storage;
using KLog.Protocol;

namespace KLog.Broker.Fetching;

/// <summary>What was found in one partition. Owns its region until the response takes it over.</summary>
/// <param name="Partition">Null where this broker does not serve it.</param>
/// <param name="Aborted">For a consumer of committed records: the transactions that it leaves out.</param>
/// <param name="Topic">Empty where the topic's id is unknown.</param>
public readonly record struct PartitionRead(
    FetchItem Item,
    string Topic,
    ErrorCode Error,
    Partition? Partition = null,
    FileRegion? Region = null,
    long HighWatermark = -1,
    long LastStableOffset = -1,
    long LogStartOffset = -1,
    (int Epoch, long EndOffset)? Diverging = null,
    IReadOnlyList<AbortedTransaction>? Aborted = null);
