using KLog.Protocol.Messages;

namespace KLog.Broker.Groups.Classic;

/// <summary>◆ A member of a classic group.</summary>
internal sealed class ClassicMember(string id, string? instanceId, ClientOrigin origin)
{
    public string Id { get; } = id;

    /// <summary>Of a static member (KIP-345).</summary>
    public string? InstanceId { get; } = instanceId;

    public ClientOrigin Origin { get; set; } = origin;

    public int RebalanceTimeoutMs { get; set; }

    public int SessionTimeoutMs { get; set; }

    /// <summary>In the member's order of preference.</summary>
    public IReadOnlyList<ClassicProtocol> Protocols { get; set; } = [];

    public ReadOnlyMemory<byte> Assignment { get; set; }

    /// <summary>Has not been through a rebalance yet.</summary>
    public bool IsNew { get; set; }

    /// <summary>When it is taken for dead. Not looked at while an answer to it is held back, unless it is new.</summary>
    public long SessionDeadlineMs { get; set; } = long.MaxValue;

    /// <summary>The join that is held back until everybody has joined.</summary>
    public TaskCompletionSource<JoinGroupResponse>? AwaitingJoin { get; set; }

    /// <summary>The sync that is held back until the leader's has come.</summary>
    public TaskCompletionSource<SyncGroupResponse>? AwaitingSync { get; set; }

    /// <summary>Has not asked for its assignment in this generation.</summary>
    public bool OwesSync { get; set; }

    public bool IsAwaiting => AwaitingJoin is not null || AwaitingSync is not null;

    public ReadOnlyMemory<byte> MetadataOf(string? protocol) =>
        Protocols.FirstOrDefault(each => each.Name == protocol)?.Metadata ?? default;

    public bool Says(IReadOnlyList<ClassicProtocol> protocols)
    {
        if (Protocols.Count != protocols.Count)
        {
            return false;
        }

        for (int i = 0; i < protocols.Count; i++)
        {
            if (Protocols[i].Name != protocols[i].Name || !Protocols[i].Metadata.Span.SequenceEqual(protocols[i].Metadata.Span))
            {
                return false;
            }
        }

        return true;
    }
}
