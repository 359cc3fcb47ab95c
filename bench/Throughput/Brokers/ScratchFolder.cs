using System.Globalization;

namespace KLog.Bench.Throughput.Brokers;

/// <summary>
/// A run's own folder for everything that brokers write, with the run's process id in its name, so that a later run can
/// remove what a killed one left behind.
/// </summary>
internal sealed class ScratchFolder : IDisposable
{
    private const string Prefix = "klog-bench-";
    private int _made;

    internal ScratchFolder(string parent)
    {
        RemoveStale(parent);
        Root = System.IO.Path.Combine(System.IO.Path.GetFullPath(parent), Prefix + Environment.ProcessId);
        Directory.CreateDirectory(Root);
    }

    internal string Root { get; }

    /// <summary>Makes a folder in it, another one each time.</summary>
    internal string Make(string name) =>
        Directory.CreateDirectory(System.IO.Path.Combine(Root, $"{name}-{++_made}")).FullName;

    internal long FreeBytes => new DriveInfo(Root).AvailableFreeSpace;

    public void Dispose() => Remove(Root);

    /// <summary>Removes a folder that a process may still be writing to while it dies.</summary>
    internal static void Remove(string path)
    {
        for (int attempt = 0; attempt < 20 && Directory.Exists(path); attempt++)
        {
            try
            {
                Directory.Delete(path, recursive: true);
            }
            catch (IOException)
            {
                Thread.Sleep(50);
            }
        }
    }

    private static void RemoveStale(string parent)
    {
        foreach (string path in Directory.EnumerateDirectories(parent, Prefix + "*"))
        {
            string id = System.IO.Path.GetFileName(path)[Prefix.Length..];
            if (int.TryParse(id, CultureInfo.InvariantCulture, out int process) && !Directory.Exists($"/proc/{process}"))
            {
                Remove(path);
            }
        }
    }
}
