using KLog.Protocol.Wire;

namespace KLog.Protocol.Messages;

/// <summary>Deletes the ACLs that match filters.</summary>
[Message(ApiKey.DeleteAcls, "0-3", Flexible = "2+")]
public sealed partial class DeleteAclsRequest : IRequest<DeleteAclsRequest, DeleteAclsResponse>
{
    [Field("0+")]
    public DeleteAclsFilter[] Filters { get; set; } = [];

    public sealed partial class DeleteAclsFilter
    {
        [Field("0+")]
        public sbyte ResourceTypeFilter { get; set; }

        [Field("0+", Nullable = "0+")]
        public string? ResourceNameFilter { get; set; } = "";

        [Field("1+")]
        public sbyte PatternTypeFilter { get; set; } = 3;

        [Field("0+", Nullable = "0+")]
        public string? PrincipalFilter { get; set; } = "";

        [Field("0+", Nullable = "0+")]
        public string? HostFilter { get; set; } = "";

        [Field("0+")]
        public sbyte Operation { get; set; }

        [Field("0+")]
        public sbyte PermissionType { get; set; }
    }
}

/// <summary>Per filter: what was deleted.</summary>
[Message(ApiKey.DeleteAcls, "0-3", Flexible = "2+")]
public sealed partial class DeleteAclsResponse : IMessage<DeleteAclsResponse>
{
    [Field("0+")]
    public int ThrottleTimeMs { get; set; }

    [Field("0+")]
    public DeleteAclsFilterResult[] FilterResults { get; set; } = [];

    public sealed partial class DeleteAclsFilterResult
    {
        [Field("0+")]
        public ErrorCode ErrorCode { get; set; }

        [Field("0+", Nullable = "0+")]
        public string? ErrorMessage { get; set; } = "";

        [Field("0+")]
        public DeleteAclsMatchingAcl[] MatchingAcls { get; set; } = [];

        public sealed partial class DeleteAclsMatchingAcl
        {
            [Field("0+")]
            public ErrorCode ErrorCode { get; set; }

            [Field("0+", Nullable = "0+")]
            public string? ErrorMessage { get; set; } = "";

            [Field("0+")]
            public sbyte ResourceType { get; set; }

            [Field("0+")]
            public string ResourceName { get; set; } = "";

            [Field("1+")]
            public sbyte PatternType { get; set; } = 3;

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
}
