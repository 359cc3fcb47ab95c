using System.Globalization;
using System.Text;
using KLog.Broker.Storage.Files;

namespace KLog.Broker.Storage;

/// <summary>
/// <c>meta.properties</c>: whose folder this is. Version 0 names the broker <c>broker.id</c>, version 1 (KRaft)
/// <c>node.id</c>, and may have a <c>directory.id</c>; both have <c>cluster.id</c>.
/// </summary>
/// <param name="BrokerId">-1 when the file does not say.</param>
public sealed record MetaProperties(int Version, int BrokerId, string? ClusterId, string? DirectoryId)
{
    internal const string FileName = "meta.properties";

    /// <summary>Null when the folder has none: no broker has used it yet.</summary>
    /// <exception cref="InvalidDataException">The file is there, and cannot be understood.</exception>
    internal static MetaProperties? Read(IFileSystem files, string folder)
    {
        string path = $"{folder}/{FileName}";
        return files.FileExists(path) ? Parse(path, files.ReadWhole(path)) : null;
    }

    /// <exception cref="InvalidDataException">It cannot be understood; the message names the path.</exception>
    internal static MetaProperties Parse(string path, ReadOnlySpan<byte> file)
    {
        Dictionary<string, string> properties = [];
        foreach (string line in Encoding.UTF8.GetString(file).Split('\n'))
        {
            int equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && !line.StartsWith('#'))
            {
                properties[line[..equals].Trim()] = line[(equals + 1)..].Trim();
            }
        }

        int version = Number(properties, "version") ?? throw Unreadable(path, "it has no version");
        return version is 0 or 1
            ? new MetaProperties(
                version,
                Number(properties, version == 0 ? "broker.id" : "node.id") ?? -1,
                properties.GetValueOrDefault("cluster.id"),
                properties.GetValueOrDefault("directory.id"))
            : throw Unreadable(path, $"its version is {version}");
    }

    internal void Write(IFileSystem files, string folder)
    {
        StringBuilder text = new();
        text.Append("#\n");
        text.Append(CultureInfo.InvariantCulture, $"version={Version}\n");
        text.Append(CultureInfo.InvariantCulture, $"{(Version == 0 ? "broker.id" : "node.id")}={BrokerId}\n");
        if (ClusterId is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"cluster.id={ClusterId}\n");
        }

        if (DirectoryId is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"directory.id={DirectoryId}\n");
        }

        files.Replace($"{folder}/{FileName}", Encoding.UTF8.GetBytes(text.ToString()), sync: true, syncFolder: true);
    }

    private static int? Number(Dictionary<string, string> properties, string name) =>
        int.TryParse(properties.GetValueOrDefault(name), CultureInfo.InvariantCulture, out int number) ? number : null;

    private static InvalidDataException Unreadable(string path, string why) => new($"{path} cannot be read: {why}.");
}
