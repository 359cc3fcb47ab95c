namespace KLog.Broker.Fetching;

/// <summary>A partition as a fetch names it: by topic id from version 13 on (the name is then empty), else by name.</summary>
public readonly record struct FetchKey(Guid TopicId, string Topic, int Partition);

/// <summary>What a fetch wants of one partition.</summary>
/// <param name="LogStartOffset">A follower's own log start; -1 from a consumer.</param>
/// <param name="CurrentLeaderEpoch">-1 when the client knows none.</param>
/// <param name="LastFetchedEpoch">The epoch of the last record it has, -1 when it knows none.</param>
public readonly record struct FetchItem(
    FetchKey Key,
    long Offset,
    int BytesMax,
    long LogStartOffset,
    int CurrentLeaderEpoch,
    int LastFetchedEpoch);
