using KLog.Protocol.Wire;

namespace KLog.Protocol.Messages;

/// <summary>Asks for the state and members of consumer groups (KIP-848).</summary>
[Message(ApiKey.ConsumerGroupDescribe, "0-1", Flexible = "0+")]
public sealed partial class ConsumerGroupDescribeRequest : IRequest<ConsumerGroupDescribeRequest, ConsumerGroupDescribeResponse>
{
    [Field("0+")]
    public string[] GroupIds { get; set; } = [];

    [Field("0+")]
    public bool IncludeAuthorizedOperations { get; set; }
}

/// <summary>Per group: epochs, assignor, members with current and target assignment.</summary>
[Message(ApiKey.ConsumerGroupDescribe, "0-1", Flexible = "0+")]
public sealed partial class ConsumerGroupDescribeResponse : IMessage<ConsumerGroupDescribeResponse>
{
    [Field("0+")]
    public int ThrottleTimeMs { get; set; }

    [Field("0+")]
    public DescribedGroup[] Groups { get; set; } = [];

    public sealed partial class DescribedGroup
    {
        [Field("0+")]
        public ErrorCode ErrorCode { get; set; }

        [Field("0+", Nullable = "0+")]
        public string? ErrorMessage { get; set; }

        [Field("0+")]
        public string GroupId { get; set; } = "";

        [Field("0+")]
        public string GroupState { get; set; } = "";

        [Field("0+")]
        public int GroupEpoch { get; set; }

        [Field("0+")]
        public int AssignmentEpoch { get; set; }

        [Field("0+")]
        public string AssignorName { get; set; } = "";

        [Field("0+")]
        public Member[] Members { get; set; } = [];

        [Field("0+")]
        public int AuthorizedOperations { get; set; } = int.MinValue;

        public sealed partial class Member
        {
            [Field("0+")]
            public string MemberId { get; set; } = "";

            [Field("0+", Nullable = "0+")]
            public string? InstanceId { get; set; }

            [Field("0+", Nullable = "0+")]
            public string? RackId { get; set; }

            [Field("0+")]
            public int MemberEpoch { get; set; }

            [Field("0+")]
            public string ClientId { get; set; } = "";

            [Field("0+")]
            public string ClientHost { get; set; } = "";

            [Field("0+")]
            public string[] SubscribedTopicNames { get; set; } = [];

            [Field("0+", Nullable = "0+")]
            public string? SubscribedTopicRegex { get; set; }

            [Field("0+")]
            public AssignmentData Assignment { get; set; } = new();

            [Field("0+")]
            public AssignmentData TargetAssignment { get; set; } = new();

            [Field("1+", Ignorable = true)]
            public sbyte MemberType { get; set; } = -1;
        }
    }

    public sealed partial class TopicPartitionsData
    {
        [Field("0+")]
        public Guid TopicId { get; set; }

        [Field("0+")]
        public string TopicName { get; set; } = "";

        [Field("0+")]
        public int[] Partitions { get; set; } = [];
    }

    public sealed partial class AssignmentData
    {
        [Field("0+")]
        public TopicPartitionsData[] TopicPartitions { get; set; } = [];
    }
}
