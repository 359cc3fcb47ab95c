namespace KLog.Protocol.Generator;

/// <summary>The wire types that a field, or an array's element, can have.</summary>
internal enum WireType
{
    Bool,
    Int8,
    Int16,
    UInt16,
    Int32,
    UInt32,
    Int64,
    Float64,
    Uuid,
    ErrorCode,
    String,
    Bytes,
    Records,
    Struct,
}

/// <summary>What a new object's property holds, as far as it matters on the wire.</summary>
internal enum DefaultKind
{
    /// <summary>Null, where the C# type allows it.</summary>
    Null,

    /// <summary>An empty string, array or piece of bytes.</summary>
    Empty,

    /// <summary>A constant, in <see cref="FieldModel.DefaultLiteral"/>.</summary>
    Constant,

    /// <summary>A struct with all its own defaults.</summary>
    NewStruct,
}

/// <summary>One property that goes over the wire.</summary>
internal sealed class FieldModel
{
    public string Name { get; set; } = "";

    /// <summary>The type, or an array's element type.</summary>
    public WireType Type { get; set; }

    public bool IsArray { get; set; }

    /// <summary>Whether the C# property can hold null.</summary>
    public bool CanBeNull { get; set; }

    /// <summary>The type's (or element's) C# name.</summary>
    public string TypeName { get; set; } = "";

    /// <summary>The struct of a field of type <see cref="WireType.Struct"/>; set when all structs of the message are known.</summary>
    public StructModel? Struct { get; set; }

    public VersionRange Versions { get; set; }

    public VersionRange Nullable { get; set; }

    public VersionRange Tagged { get; set; }

    public int Tag { get; set; }

    public bool Ignorable { get; set; }

    /// <summary>The field's own flexible versions, or the message's.</summary>
    public VersionRange Flexible { get; set; }

    public DefaultKind Default { get; set; }

    public string DefaultLiteral { get; set; } = "";
}

/// <summary>A message, or a part nested in it: fields in the wire's order.</summary>
internal sealed class StructModel
{
    public string Name { get; set; } = "";

    /// <summary>The name from the message on: <c>FetchRequest.FetchTopic.FetchPartition</c>.</summary>
    public string Path { get; set; } = "";

    /// <summary>The versions that reach the struct, from the message on through the fields that hold it.</summary>
    public VersionRange Versions { get; set; } = VersionRange.None;

    public List<FieldModel> Fields { get; } = [];

    public List<StructModel> Nested { get; } = [];

    /// <summary>Whether someone asks if such a struct holds nothing but defaults.</summary>
    public bool NeedsIsDefault { get; set; }

    /// <summary>Whether the struct is an array's element.</summary>
    public bool NeedsSizeMin { get; set; }
}

/// <summary>A message class as its attributes describe it.</summary>
internal sealed class MessageModel
{
    public string Namespace { get; set; } = "";

    /// <summary>The name of a member of the ApiKey enum; null for what is stored and no request.</summary>
    public string? ApiKey { get; set; }

    public VersionRange Versions { get; set; }

    public VersionRange Flexible { get; set; }

    public StructModel Root { get; set; } = new();
}
