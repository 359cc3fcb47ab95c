using System.CommandLine;
using System.Text;
using KLog.Broker.Storage.Files;
using KLog.Broker.Storage.Inspection;

namespace KLog.Cli;

/// <summary>Shows what a broker's files hold. They are only read: a broker may be using them.</summary>
internal static class DumpCommand
{
    private const int OutputBufferBytes = 64 * 1024;

    public static Command Make()
    {
        Argument<string[]> paths = new("FILE")
        {
            Description = "Segments, indexes, snapshots, checkpoints, properties: any file of a data folder.",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<bool> records = new("--records") { Description = "Show each record: key, value, headers." };
        Option<bool> keys = new("--keys") { Description = "Show each record's key." };
        Option<bool> json = new("--json") { Description = "One JSON object a line." };
        Command command = new("dump", "Show what files of a data folder hold, without changing them.") { paths, records, keys, json };
        command.SetAction(parsed =>
        {
            DumpDepth depth = parsed.GetValue(records) ? DumpDepth.Records : parsed.GetValue(keys) ? DumpDepth.Keys : DumpDepth.Batches;
            return Run(parsed.GetValue(paths)!, depth, parsed.GetValue(json));
        });
        return command;
    }

    private static int Run(string[] paths, DumpDepth depth, bool asJson)
    {
        using BufferedStream stream = new(Console.OpenStandardOutput(), OutputBufferBytes);
        bool isWhole = true;
        if (asJson)
        {
            using DumpJson json = new(stream);
            isWhole = Show(paths, depth, json);
        }
        else
        {
            using StreamWriter writer = new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
            DumpText text = new(writer);
            isWhole = Show(paths, depth, text);
            text.Flush();
        }

        return isWhole ? 0 : CommandLine.Failed;
    }

    private static bool Show(string[] paths, DumpDepth depth, IDumpOutput output)
    {
        Watched watched = new(output);
        foreach (string path in paths)
        {
            try
            {
                if (Directory.Exists(path))
                {
                    watched.Fail($"{path} is a folder; klog verify looks at folders");
                }
                else if (!FileDump.TryShow(DiskFileSystem.Instance, path, depth, watched))
                {
                    watched.Fail($"{path} is no file that a broker writes");
                }
            }
            catch (IOException error)
            {
                watched.Fail(error.Message);
            }
        }

        return watched.IsWhole;
    }

    /// <summary>Notes whether anything was wrong.</summary>
    private sealed class Watched(IDumpOutput output) : IDumpOutput
    {
        public bool IsWhole { get; private set; } = true;

        public void File(string path, string what) => output.File(path, what);

        public void Row(DumpRow row) => output.Row(row);

        public void Damage(Finding finding)
        {
            IsWhole = false;
            output.Damage(finding);
        }

        public void Fail(string why)
        {
            IsWhole = false;
            Console.Error.WriteLine($"klog: {why}");
        }
    }
}
