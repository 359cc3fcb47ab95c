namespace KLog.Protocol.Wire;

/// <summary>
/// Marks a partial class as a message, so that the generator gives it <c>Read</c> and <c>Write</c>.
/// Versions are written as Kafka writes them: <c>"0-11"</c>, <c>"3+"</c>, <c>"4"</c>, <c>"none"</c>.
/// </summary>
/// <param name="apiKey">The request that the message is, or answers.</param>
/// <param name="versions">The versions that are read and written: the union of Kafka 3.9.2's and 4.3.1's.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class MessageAttribute(ApiKey apiKey, string versions) : Attribute
{
    /// <summary>Of what is neither request nor response: a record's key or value, a member's subscription.</summary>
    public MessageAttribute(string versions)
        : this((ApiKey)(-1), versions)
    {
    }

    public ApiKey ApiKey { get; } = apiKey;

    public string Versions { get; } = versions;

    /// <summary>Versions with compact strings, compact arrays and tagged fields (KIP-482).</summary>
    public string Flexible { get; set; } = "none";
}

/// <summary>A property that goes over the wire, in the order in which the properties are declared.</summary>
/// <param name="versions">The versions that have the field.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class FieldAttribute(string versions) : Attribute
{
    public string Versions { get; } = versions;

    /// <summary>Versions in which null may be sent.</summary>
    public string Nullable { get; set; } = "none";

    /// <summary>The tag, in the versions of <see cref="Tagged"/>.</summary>
    public int Tag { get; set; } = -1;

    /// <summary>Versions in which the field is a tagged field.</summary>
    public string Tagged { get; set; } = "none";

    /// <summary>
    /// A value other than the default is dropped silently when a version without the field is written;
    /// otherwise that is an error.
    /// </summary>
    public bool Ignorable { get; set; }

    /// <summary>
    /// The field's own flexible versions, where Kafka gives it others than its message has
    /// (a client id stays an old string for ever).
    /// </summary>
    public string? Flexible { get; set; }
}
