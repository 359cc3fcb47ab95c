using System.CommandLine;
using System.CommandLine.Parsing;
using KLog.Clients.Admin;

namespace KLog.Cli.Groups.Reset;

/// <summary>Where offsets are to be put, on the command line: exactly one of these.</summary>
internal sealed class ResetArguments
{
    private readonly Option<bool> _earliest = new("--to-earliest") { Description = "To the first record." };
    private readonly Option<bool> _latest = new("--to-latest") { Description = "To the end." };
    private readonly Option<bool> _current = new("--to-current") { Description = "To what is committed, or to the end where nothing is." };
    private readonly Option<long> _offset = new("--to-offset") { Description = "To this offset, or the nearest that there is.", HelpName = "offset" };
    private readonly Option<long> _shift = new("--shift-by") { Description = "So many records on, or back when negative.", HelpName = "count" };

    private readonly Option<string> _time = new("--to-datetime")
    {
        Description = "To the first record of that time, in UTC unless it ends in an offset such as +01:00.",
        HelpName = "YYYY-MM-DDThh:mm:ss.sss",
    };

    private readonly Option<string> _duration = new("--by-duration")
    {
        Description = "To the first record of so long ago.",
        HelpName = "PnDTnHnMnS",
    };

    private readonly Option<string> _file = new("--from-file") { Description = "To what a file says that --export wrote.", HelpName = "file" };

    public static ResetArguments AddTo(Command command)
    {
        ResetArguments arguments = new();
        foreach (Option option in arguments.All)
        {
            command.Add(option);
        }

        command.Validators.Add(arguments.Validate);
        return arguments;
    }

    private Option[] All => [_earliest, _latest, _current, _offset, _shift, _time, _duration, _file];

    public bool IsFromFile(CommandResult result) => result.GetResult(_file) is not null;

    /// <param name="onlyGroup">The group that is named, when it is one.</param>
    /// <exception cref="UserErrorException">A value cannot be read.</exception>
    public ResetSpec Parse(ParseResult parsed, string? onlyGroup, DateTimeOffset now)
    {
        if (parsed.GetResult(_offset) is not null)
        {
            return new ResetSpec.ToOffset(parsed.GetValue(_offset));
        }

        if (parsed.GetResult(_shift) is not null)
        {
            return new ResetSpec.ShiftBy(parsed.GetValue(_shift));
        }

        return parsed.GetValue(_file) is { } file ? new ResetSpec.FromPlan(Read(file, onlyGroup))
            : parsed.GetValue(_time) is { } time ? Time(time)
            : parsed.GetValue(_duration) is { } duration ? Ago(duration, now)
            : parsed.GetValue(_current) ? new ResetSpec.ToCurrent()
            : new ResetSpec.ToLogOffset(parsed.GetValue(_earliest) ? OffsetSpec.Earliest : OffsetSpec.Latest);
    }

    private static ResetSpec.ToLogOffset Time(string text) => Iso8601.TryParseTime(text, out DateTimeOffset time)
        ? new ResetSpec.ToLogOffset(OffsetSpec.ForTime(time), IsTime: true)
        : throw new UserErrorException($"--to-datetime {text}: must be a time such as 2026-11-24T18:30:00.000");

    private static ResetSpec.ToLogOffset Ago(string text, DateTimeOffset now) => Iso8601.TryParseDuration(text, out TimeSpan duration)
        ? new ResetSpec.ToLogOffset(OffsetSpec.ForTime(now - duration), IsTime: true)
        : throw new UserErrorException($"--by-duration {text}: must be a duration such as PT2H30M or P1D");

    private static ResetPlan Read(string file, string? onlyGroup)
    {
        try
        {
            return ResetPlan.Parse(File.ReadAllText(file), onlyGroup);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new UserErrorException($"--from-file {file}: {error.Message}");
        }
    }

    private void Validate(CommandResult result)
    {
        string[] given = [.. All.Where(each => result.GetResult(each) is { Implicit: false }).Select(each => each.Name)];
        if (given.Length == 0)
        {
            result.AddError($"one of {string.Join(", ", All.Select(each => each.Name))} is needed");
        }
        else if (given.Length > 1)
        {
            result.AddError($"{string.Join(" and ", given)} exclude each other: give one");
        }
    }
}
