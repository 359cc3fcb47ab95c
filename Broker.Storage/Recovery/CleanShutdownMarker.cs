using System.Globalization;
using System.Text;
using System.Text.Json;
using KLog.Broker.Storage.Files;

namespace KLog.Broker.Storage;

/// <summary>
/// <c>.kafka_cleanshutdown</c>: there while the folder is as a clean shutdown left it. Holds the epoch under which the
/// broker was registered (KIP-966): <c>{"version":0,"brokerEpoch":42}</c>.
/// </summary>
internal static class CleanShutdownMarker
{
    internal const string FileName = ".kafka_cleanshutdown";

    internal static void Write(IFileSystem files, string folder, long brokerEpoch)
    {
        string json = string.Create(CultureInfo.InvariantCulture, $"{{\"version\":0,\"brokerEpoch\":{brokerEpoch}}}");
        files.WriteWhole($"{folder}/{FileName}", Encoding.UTF8.GetBytes(json), sync: true);
        files.SyncFolder(folder);
    }

    /// <summary>
    /// Whether the marker is there; it is taken away, so that a crash from here on is known as one.
    /// </summary>
    /// <param name="brokerEpoch">-1 when it does not say (Kafka before 3.9 wrote an empty file).</param>
    internal static bool Take(IFileSystem files, string folder, out long brokerEpoch)
    {
        brokerEpoch = -1;
        string path = $"{folder}/{FileName}";
        if (!files.FileExists(path))
        {
            return false;
        }

        try
        {
            using JsonDocument json = JsonDocument.Parse(files.ReadWhole(path));
            if (json.RootElement.TryGetProperty("brokerEpoch", out JsonElement epoch))
            {
                brokerEpoch = epoch.GetInt64();
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
        {
            // The marker says what it has to say by being there.
        }

        files.DeleteFile(path);
        files.SyncFolder(folder);
        return true;
    }
}
