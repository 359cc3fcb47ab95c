using System.CommandLine;
using System.Globalization;
using KLog.Broker.Storage.Files;
using KLog.Broker.Storage.Inspection;

namespace KLog.Cli;

/// <summary>Checks data folders, without changing anything; a broker may be using them.</summary>
internal static class VerifyCommand
{
    public static Command Make()
    {
        Argument<string[]> paths = new("DIR") { Description = "Data folders (log.dirs), or folders of single partitions.", Arity = ArgumentArity.OneOrMore };
        Option<bool> records = new("--records") { Description = "Decompress and count every record, too." };
        Option<int> threads = new("--threads")
        {
            Description = "Partitions that are read at a time.",
            DefaultValueFactory = _ => Math.Min(Environment.ProcessorCount, 4),
        };
        Option<bool> json = new("--json") { Description = "One JSON object a line." };
        Command command = new("verify", "Check CRCs, offsets, indexes and checkpoints of data folders; exit 1 on damage.") { paths, records, threads, json };
        command.SetAction(parsed => Run(parsed.GetValue(paths)!, parsed.GetValue(records), parsed.GetValue(threads), parsed.GetValue(json)));
        return command;
    }

    private static int Run(string[] paths, bool records, int threads, bool asJson)
    {
        using ProgressLine progress = new();
        FolderVerification verification = new(
            DiskFileSystem.Instance, new VerifyOptions { Records = records, Threads = threads, OnBytes = progress.Add });
        foreach (string path in paths)
        {
            Add(verification, path);
        }

        progress.Start(verification.TotalBytes);
        using Stream output = Console.OpenStandardOutput();
        using DumpJson json = new(output);
        VerifySummary summary = verification.Run(finding =>
        {
            progress.Clear();
            if (asJson)
            {
                json.Write(finding);
            }
            else
            {
                string kind = finding.Kind == FindingKind.Note ? "note: " : "";
                Console.Out.WriteLine($"{kind}{finding.File}: {FindingText.Place(finding)}{finding.What}");
            }
        });
        progress.Clear();
        if (asJson)
        {
            json.Write(summary);
        }
        else
        {
            Console.Out.WriteLine(Line(summary));
        }

        return summary.Damages == 0 ? 0 : CommandLine.Failed;
    }

    private static void Add(FolderVerification verification, string path)
    {
        try
        {
            if (!verification.TryAdd(path))
            {
                throw new UserErrorException($"{path} is neither a data folder nor a partition's folder");
            }
        }
        catch (IOException error)
        {
            throw new UserErrorException(error.Message);
        }
    }

    private static string Line(VerifySummary summary) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Count(summary.Partitions, "partition")}, {Count(summary.Segments, "segment")}, {Count(summary.Bytes, "byte")}: {(summary.Damages == 0 ? "no damage" : Count(summary.Damages, "damage"))}");

    private static string Count(long number, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{number:N0} {what}{(number == 1 ? "" : "s")}");
}
