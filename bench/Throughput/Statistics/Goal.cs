using System.Globalization;

namespace KLog.Bench.Throughput.Statistics;

/// <summary>What a goal bounds.</summary>
internal enum GoalKind
{
    /// <summary>The ratio to the baseline, from below.</summary>
    RatioAtLeast,

    /// <summary>The ratio to the baseline, from above.</summary>
    RatioAtMost,

    /// <summary>The figure itself, from below.</summary>
    ValueAtLeast,

    /// <summary>The figure itself, from above.</summary>
    ValueAtMost,
}

/// <summary>How a figure stands to its goal.</summary>
internal enum Verdict
{
    /// <summary>There is no goal, or nothing to compare with.</summary>
    None,

    /// <summary>The goal is missed.</summary>
    Missed,

    /// <summary>The goal is met.</summary>
    Met,

    /// <summary>More than the goal: what it aims at is reached.</summary>
    AimReached,
}

/// <summary>◆ A bound on one figure of one workload, and what it aims at beyond.</summary>
internal sealed record Goal(string Workload, Figure Figure, GoalKind Kind, double Bound, double? Aim = null)
{
    private bool IsRatio => Kind is GoalKind.RatioAtLeast or GoalKind.RatioAtMost;

    private bool IsFloor => Kind is GoalKind.RatioAtLeast or GoalKind.ValueAtLeast;

    /// <param name="value">The broker's median.</param>
    /// <param name="ratio">To the baseline's; null when there is none.</param>
    internal Verdict Judge(double value, double? ratio)
    {
        if ((IsRatio ? ratio : value) is not { } actual)
        {
            return Verdict.None;
        }

        return Aim is { } aim && Reaches(actual, aim) ? Verdict.AimReached
            : Reaches(actual, Bound) ? Verdict.Met
            : Verdict.Missed;
    }

    public override string ToString()
    {
        string sign = IsFloor ? "≥" : "≤";
        string unit = IsRatio ? "×" : Figure.Unit;
        string aim = Aim is { } a ? string.Create(CultureInfo.InvariantCulture, $" (aim {a:0.##})") : "";
        return string.Create(CultureInfo.InvariantCulture, $"{sign} {Bound:0.##} {unit}{aim}");
    }

    private bool Reaches(double actual, double bound) => IsFloor ? actual >= bound : actual <= bound;
}
