using KLog.Protocol.Wire;

namespace KLog.Protocol.Messages;

/// <summary>Sets and removes SCRAM credentials (KIP-554).</summary>
[Message(ApiKey.AlterUserScramCredentials, "0", Flexible = "0+")]
public sealed partial class AlterUserScramCredentialsRequest : IRequest<AlterUserScramCredentialsRequest, AlterUserScramCredentialsResponse>
{
    [Field("0+")]
    public ScramCredentialDeletion[] Deletions { get; set; } = [];

    [Field("0+")]
    public ScramCredentialUpsertion[] Upsertions { get; set; } = [];

    public sealed partial class ScramCredentialDeletion
    {
        [Field("0+")]
        public string Name { get; set; } = "";

        [Field("0+")]
        public sbyte Mechanism { get; set; }
    }

    public sealed partial class ScramCredentialUpsertion
    {
        [Field("0+")]
        public string Name { get; set; } = "";

        [Field("0+")]
        public sbyte Mechanism { get; set; }

        [Field("0+")]
        public int Iterations { get; set; }

        [Field("0+")]
        public ReadOnlyMemory<byte> Salt { get; set; }

        [Field("0+")]
        public ReadOnlyMemory<byte> SaltedPassword { get; set; }
    }
}

/// <summary>Per user: the result.</summary>
[Message(ApiKey.AlterUserScramCredentials, "0", Flexible = "0+")]
public sealed partial class AlterUserScramCredentialsResponse : IMessage<AlterUserScramCredentialsResponse>
{
    [Field("0+")]
    public int ThrottleTimeMs { get; set; }

    [Field("0+")]
    public AlterUserScramCredentialsResult[] Results { get; set; } = [];

    public sealed partial class AlterUserScramCredentialsResult
    {
        [Field("0+")]
        public string User { get; set; } = "";

        [Field("0+")]
        public ErrorCode ErrorCode { get; set; }

        [Field("0+", Nullable = "0+")]
        public string? ErrorMessage { get; set; } = "";
    }
}
