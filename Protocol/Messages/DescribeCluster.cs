using KLog.Protocol.Wire;

namespace KLog.Protocol.Messages;

/// <summary>Asks for the cluster's id, controller and brokers (KIP-700).</summary>
[Message(ApiKey.DescribeCluster, "0-2", Flexible = "0+")]
public sealed partial class DescribeClusterRequest : IRequest<DescribeClusterRequest, DescribeClusterResponse>
{
    [Field("0+")]
    public bool IncludeClusterAuthorizedOperations { get; set; }

    [Field("1+")]
    public sbyte EndpointType { get; set; } = 1;

    [Field("2+")]
    public bool IncludeFencedBrokers { get; set; }
}

/// <summary>The cluster's id, controller and brokers.</summary>
[Message(ApiKey.DescribeCluster, "0-2", Flexible = "0+")]
public sealed partial class DescribeClusterResponse : IMessage<DescribeClusterResponse>
{
    [Field("0+")]
    public int ThrottleTimeMs { get; set; }

    [Field("0+")]
    public ErrorCode ErrorCode { get; set; }

    [Field("0+", Nullable = "0+")]
    public string? ErrorMessage { get; set; }

    [Field("1+")]
    public sbyte EndpointType { get; set; } = 1;

    [Field("0+")]
    public string ClusterId { get; set; } = "";

    [Field("0+")]
    public int ControllerId { get; set; } = -1;

    [Field("0+")]
    public DescribeClusterBroker[] Brokers { get; set; } = [];

    [Field("0+")]
    public int ClusterAuthorizedOperations { get; set; } = int.MinValue;

    public sealed partial class DescribeClusterBroker
    {
        [Field("0+")]
        public int BrokerId { get; set; }

        [Field("0+")]
        public string Host { get; set; } = "";

        [Field("0+")]
        public int Port { get; set; }

        [Field("0+", Nullable = "0+")]
        public string? Rack { get; set; }

        [Field("2+")]
        public bool IsFenced { get; set; }
    }
}
