using KLog.Protocol.Wire;

namespace KLog.Protocol.Messages;

/// <summary>Asks which requests the broker takes, in which versions. Its response always has the old header (KIP-511).</summary>
[Message(ApiKey.ApiVersions, "0-4", Flexible = "3+")]
public sealed partial class ApiVersionsRequest : IRequest<ApiVersionsRequest, ApiVersionsResponse>
{
    [Field("3+", Ignorable = true)]
    public string ClientSoftwareName { get; set; } = "";

    [Field("3+", Ignorable = true)]
    public string ClientSoftwareVersion { get; set; } = "";
}

/// <summary>Every request with its versions, and the cluster's features (KIP-584).</summary>
[Message(ApiKey.ApiVersions, "0-4", Flexible = "3+")]
public sealed partial class ApiVersionsResponse : IMessage<ApiVersionsResponse>
{
    [Field("0+")]
    public ErrorCode ErrorCode { get; set; }

    [Field("0+")]
    public ApiVersion[] ApiKeys { get; set; } = [];

    [Field("1+", Ignorable = true)]
    public int ThrottleTimeMs { get; set; }

    [Field("3+", Tag = 0, Tagged = "3+", Ignorable = true)]
    public SupportedFeatureKey[] SupportedFeatures { get; set; } = [];

    [Field("3+", Tag = 1, Tagged = "3+", Ignorable = true)]
    public long FinalizedFeaturesEpoch { get; set; } = -1;

    [Field("3+", Tag = 2, Tagged = "3+", Ignorable = true)]
    public FinalizedFeatureKey[] FinalizedFeatures { get; set; } = [];

    [Field("3+", Tag = 3, Tagged = "3+", Ignorable = true)]
    public bool ZkMigrationReady { get; set; }

    public sealed partial class ApiVersion
    {
        [Field("0+")]
        public short ApiKey { get; set; }

        [Field("0+")]
        public short MinVersion { get; set; }

        [Field("0+")]
        public short MaxVersion { get; set; }
    }

    public sealed partial class SupportedFeatureKey
    {
        [Field("3+")]
        public string Name { get; set; } = "";

        [Field("3+")]
        public short MinVersion { get; set; }

        [Field("3+")]
        public short MaxVersion { get; set; }
    }

    public sealed partial class FinalizedFeatureKey
    {
        [Field("3+")]
        public string Name { get; set; } = "";

        [Field("3+")]
        public short MaxVersionLevel { get; set; }

        [Field("3+")]
        public short MinVersionLevel { get; set; }
    }
}
