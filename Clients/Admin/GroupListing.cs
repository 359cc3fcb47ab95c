namespace KLog.Clients.Admin;

/// <summary>A group's state; names are Kafka's own.</summary>
public enum GroupState
{
    /// <summary>The broker is too old to tell, or says what is not known here.</summary>
    Unknown,
    PreparingRebalance,
    CompletingRebalance,
    Stable,
    Dead,
    Empty,
    Assigning,
    Reconciling,
    NotReady,
}

/// <summary>The protocol of a group's members.</summary>
public enum GroupType
{
    /// <summary>The broker is too old to tell, or says what is not known here.</summary>
    Unknown,
    Consumer,
    Classic,
    Share,
    Streams,
}

/// <summary>A group in a list of them.</summary>
/// <param name="ProtocolType"><c>consumer</c>, <c>connect</c>, … Empty for a group that has only offsets.</param>
public sealed record GroupListing(string GroupId, string ProtocolType, GroupState State, GroupType Type)
{
    /// <summary>Its members are consumers, or it is one that only commits offsets.</summary>
    public bool IsConsumerGroup => ProtocolType is "consumer" or "";
}

/// <summary>What a broker writes for a state or a type, read ◆. Case does not count, as in Kafka.</summary>
public static class GroupNames
{
    public static GroupState State(string text) => Parse(text, GroupState.Unknown);

    public static GroupType Type(string text) => Parse(text, GroupType.Unknown);

    private static T Parse<T>(string text, T otherwise)
        where T : struct, Enum =>
        text.Length > 0 && char.IsLetter(text[0]) && Enum.TryParse(text, ignoreCase: true, out T value) ? value : otherwise;
}
