using System.IO.Compression;
using System.Runtime.InteropServices;
using Confluent.Kafka;
using KLog.Conformance.Programs;

namespace KLog.Conformance.Clients;

/// <summary>
/// Gives Confluent.Kafka the librdkafka of confluent-kafka's Python wheel, which is a full build for Linux: the
/// package that should bring one along is not on every registry.
/// </summary>
internal static class Librdkafka
{
    private static readonly Lazy<nint> Loaded = new(Load);

    /// <summary>Must be called before anything of Confluent.Kafka is used.</summary>
    public static void Use()
    {
        if (!Loaded.IsValueCreated)
        {
            _ = Loaded.Value;
        }
    }

    private static nint Load()
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "librdkafka");
        Directory.CreateDirectory(folder);
        using (ZipArchive wheel = ZipFile.OpenRead(Prerequisites.LibrdkafkaWheel!))
        {
            foreach (ZipArchiveEntry entry in wheel.Entries.Where(e => e.FullName.Contains(".libs/", StringComparison.Ordinal) && e.Name.Length > 0))
            {
                entry.ExtractToFile(Path.Combine(folder, entry.Name), overwrite: true);
            }
        }

        string file = Directory.GetFiles(folder, "librdkafka*").Single();
        nint library = NativeLibrary.Load(file);
        NativeLibrary.SetDllImportResolver(
            typeof(ProducerConfig).Assembly,
            (name, _, _) => name == "libdl" ? NativeLibrary.Load("libdl.so.2")
                : name.Contains("librdkafka", StringComparison.Ordinal) ? library : 0);
        return Library.Load(file) ? library : throw new DllNotFoundException($"{file}: not a librdkafka that Confluent.Kafka can use");
    }
}
