using System.Globalization;
using KLog.Broker.Storage.Inspection;

namespace KLog.Cli;

/// <summary>How findings are written for people.</summary>
internal static class FindingText
{
    /// <summary>Where in its file: <c>offset 17, position 1234: </c>, or less.</summary>
    public static string Place(Finding finding)
    {
        string offset = finding.Offset < 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"offset {finding.Offset}");
        string position = finding.Position < 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"position {finding.Position}");
        string both = string.Join(", ", new[] { offset, position }.Where(part => part.Length > 0));
        return both.Length == 0 ? "" : $"{both}: ";
    }
}
