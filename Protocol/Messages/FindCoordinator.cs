using KLog.Protocol.Wire;

namespace KLog.Protocol.Messages;

/// <summary>Asks which broker coordinates a group or a transactional id; several keys in version 4 and up.</summary>
[Message(ApiKey.FindCoordinator, "0-6", Flexible = "3+")]
public sealed partial class FindCoordinatorRequest : IRequest<FindCoordinatorRequest, FindCoordinatorResponse>
{
    [Field("0-3")]
    public string Key { get; set; } = "";

    [Field("1+")]
    public sbyte KeyType { get; set; }

    [Field("4+")]
    public string[] CoordinatorKeys { get; set; } = [];
}

/// <summary>The coordinator of each key.</summary>
[Message(ApiKey.FindCoordinator, "0-6", Flexible = "3+")]
public sealed partial class FindCoordinatorResponse : IMessage<FindCoordinatorResponse>
{
    [Field("1+", Ignorable = true)]
    public int ThrottleTimeMs { get; set; }

    [Field("0-3")]
    public ErrorCode ErrorCode { get; set; }

    [Field("1-3", Nullable = "1-3", Ignorable = true)]
    public string? ErrorMessage { get; set; } = "";

    [Field("0-3")]
    public int NodeId { get; set; }

    [Field("0-3")]
    public string Host { get; set; } = "";

    [Field("0-3")]
    public int Port { get; set; }

    [Field("4+")]
    public Coordinator[] Coordinators { get; set; } = [];

    public sealed partial class Coordinator
    {
        [Field("4+")]
        public string Key { get; set; } = "";

        [Field("4+")]
        public int NodeId { get; set; }

        [Field("4+")]
        public string Host { get; set; } = "";

        [Field("4+")]
        public int Port { get; set; }

        [Field("4+")]
        public ErrorCode ErrorCode { get; set; }

        [Field("4+", Nullable = "4+", Ignorable = true)]
        public string? ErrorMessage { get; set; } = "";
    }
}
