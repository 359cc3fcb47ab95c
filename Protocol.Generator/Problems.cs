using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace KLog.Protocol.Generator;

/// <summary>What can be wrong with a message's attributes. Each is an error: no reader or writer can be made.</summary>
internal static class Problems
{
    public static readonly DiagnosticDescriptor BadVersions = Error(
        "KLOG001", "Versions cannot be read", "'{0}' is not a range of versions: write \"0-11\", \"3+\", \"4\" or \"none\"");

    public static readonly DiagnosticDescriptor UnsupportedType = Error(
        "KLOG002", "The wire has no such type", "'{0}' has the type '{1}', which the protocol has no form for");

    public static readonly DiagnosticDescriptor BadTag = Error(
        "KLOG003", "A tag is wrong", "'{0}': {1}");

    public static readonly DiagnosticDescriptor BadNull = Error(
        "KLOG004", "Nullability does not fit", "'{0}' {1}");

    public static readonly DiagnosticDescriptor BadDefault = Error(
        "KLOG005", "A default is not understood", "'{0}' starts with a value that is neither a constant, nor empty, nor 'new()'");

    public static readonly DiagnosticDescriptor OpenVersions = Error(
        "KLOG006", "A message's versions have no end", "'{0}' must name its last version: write \"0-11\" or \"4\"");

    private static DiagnosticDescriptor Error(string id, string title, string message) =>
        new(id, title, message, "KLog.Protocol", DiagnosticSeverity.Error, isEnabledByDefault: true);
}

/// <summary>A diagnostic without references to a compilation, so that it can be compared and kept between runs.</summary>
internal sealed record Problem(
    DiagnosticDescriptor Descriptor, string Path, TextSpan Span, LinePositionSpan Lines, string First, string Second)
{
    public static Problem At(ISymbol symbol, DiagnosticDescriptor descriptor, string first, string second = "")
    {
        FileLinePositionSpan place = symbol.Locations[0].GetLineSpan();
        return new Problem(descriptor, place.Path, symbol.Locations[0].SourceSpan, place.Span, first, second);
    }

    public Diagnostic ToDiagnostic() =>
        Diagnostic.Create(Descriptor, Location.Create(Path, Span, Lines), First, Second);
}
