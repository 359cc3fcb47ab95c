namespace KLog.Broker.Controller;

/// <summary>
/// ◆ Kafka's rules for topic names. A name is a folder's name and part of a metric's, where '.' and '_' look the same: two
/// topics that differ in nothing else collide.
/// </summary>
public static class TopicNames
{
    /// <summary>A folder is called topic-partition, or topic-partition.id-delete, in the 255 bytes of a file name.</summary>
    public const int MaxLength = 249;

    /// <summary>Of Kafka's metadata log: no client makes it.</summary>
    public const string ClusterMetadata = "__cluster_metadata";

    /// <summary>What is wrong with a name, or null.</summary>
    public static string? Fault(string name)
    {
        if (name.Length == 0)
        {
            return "Topic name is invalid: the empty string is not allowed";
        }

        if (name is "." or "..")
        {
            return $"Topic name is invalid: '{name}' is not allowed";
        }

        if (name.Length > MaxLength)
        {
            return $"Topic name is invalid: the length of '{name}' is longer than the max allowed length {MaxLength}";
        }

        return name.All(IsAllowed)
            ? null
            : $"Topic name is invalid: '{name}' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'";
    }

    /// <summary>The same for all names that collide.</summary>
    public static string CollisionKey(string name) => name.Replace('.', '_');

    private static bool IsAllowed(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-';
}
