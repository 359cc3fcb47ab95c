using KLog.Clients.Admin;

namespace KLog.Cli.Groups.Reset;

/// <summary>Where offsets are to be put.</summary>
internal abstract record ResetSpec
{
    private ResetSpec()
    {
    }

    /// <summary>To an offset that each partition's leader knows.</summary>
    /// <param name="IsTime">Where no record is as late as that, the end is meant.</param>
    internal sealed record ToLogOffset(OffsetSpec Offset, bool IsTime = false) : ResetSpec;

    /// <summary>To what is committed, or to the end where nothing is.</summary>
    internal sealed record ToCurrent : ResetSpec;

    /// <summary>To one offset in every partition, or the nearest that the log has.</summary>
    internal sealed record ToOffset(long Offset) : ResetSpec;

    /// <summary>By so many records from what is committed; negative for back.</summary>
    internal sealed record ShiftBy(long Count) : ResetSpec;

    /// <summary>To what a file says of each group and partition.</summary>
    internal sealed record FromPlan(ResetPlan Plan) : ResetSpec;
}
