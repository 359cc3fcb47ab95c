using KLog.Protocol.Wire;

namespace KLog.Protocol.Messages;

/// <summary>Asks which SCRAM credentials users have (KIP-554).</summary>
[Message(ApiKey.DescribeUserScramCredentials, "0", Flexible = "0+")]
public sealed partial class DescribeUserScramCredentialsRequest : IRequest<DescribeUserScramCredentialsRequest, DescribeUserScramCredentialsResponse>
{
    [Field("0+", Nullable = "0+")]
    public UserName[]? Users { get; set; } = [];

    public sealed partial class UserName
    {
        [Field("0+")]
        public string Name { get; set; } = "";
    }
}

/// <summary>Per user: mechanisms and iterations, never the secret.</summary>
[Message(ApiKey.DescribeUserScramCredentials, "0", Flexible = "0+")]
public sealed partial class DescribeUserScramCredentialsResponse : IMessage<DescribeUserScramCredentialsResponse>
{
    [Field("0+")]
    public int ThrottleTimeMs { get; set; }

    [Field("0+")]
    public ErrorCode ErrorCode { get; set; }

    [Field("0+", Nullable = "0+")]
    public string? ErrorMessage { get; set; } = "";

    [Field("0+")]
    public DescribeUserScramCredentialsResult[] Results { get; set; } = [];

    public sealed partial class DescribeUserScramCredentialsResult
    {
        [Field("0+")]
        public string User { get; set; } = "";

        [Field("0+")]
        public ErrorCode ErrorCode { get; set; }

        [Field("0+", Nullable = "0+")]
        public string? ErrorMessage { get; set; } = "";

        [Field("0+")]
        public CredentialInfo[] CredentialInfos { get; set; } = [];

        public sealed partial class CredentialInfo
        {
            [Field("0+")]
            public sbyte Mechanism { get; set; }

            [Field("0+")]
            public int Iterations { get; set; }
        }
    }
}
