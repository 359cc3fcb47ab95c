using KLog.Protocol.Wire;

namespace KLog.Protocol.Messages;

/// <summary>Adds ACLs.</summary>
[Message(ApiKey.CreateAcls, "0-3", Flexible = "2+")]
public sealed partial class CreateAclsRequest : IRequest<CreateAclsRequest, CreateAclsResponse>
{
    [Field("0+")]
    public AclCreation[] Creations { get; set; } = [];

    public sealed partial class AclCreation
    {
        [Field("0+")]
        public sbyte ResourceType { get; set; }

        [Field("0+")]
        public string ResourceName { get; set; } = "";

        [Field("1+")]
        public sbyte ResourcePatternType { get; set; } = 3;

        [Field("0+")]
        public string Principal { get; set; } = "";

        [Field("0+")]
        public string Host { get; set; } = "";

        [Field("0+")]
        public sbyte Operation { get; set; }

        [Field("0+")]
        public sbyte PermissionType { get; set; }
    }
}

/// <summary>Per ACL: the result.</summary>
[Message(ApiKey.CreateAcls, "0-3", Flexible = "2+")]
public sealed partial class CreateAclsResponse : IMessage<CreateAclsResponse>
{
    [Field("0+")]
    public int ThrottleTimeMs { get; set; }

    [Field("0+")]
    public AclCreationResult[] Results { get; set; } = [];

    public sealed partial class AclCreationResult
    {
        [Field("0+")]
        public ErrorCode ErrorCode { get; set; }

        [Field("0+", Nullable = "0+")]
        public string? ErrorMessage { get; set; } = "";
    }
}
