using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace KLog.Protocol.Generator;

/// <summary>
/// Gives each class with a <c>[Message]</c> attribute, and the classes nested in it, their readers and writers.
/// The step that looks at symbols already ends in text, which compares by value: an edit that changes no message
/// adds no source again.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class MessageGenerator : IIncrementalGenerator
{
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValuesProvider<Outcome> outcomes = context.SyntaxProvider.ForAttributeWithMetadataName(
            MessageParser.MessageAttribute,
            static (node, _) => node is ClassDeclarationSyntax,
            static (found, cancellation) => Generate((INamedTypeSymbol)found.TargetSymbol, found.Attributes[0], cancellation));
        context.RegisterSourceOutput(outcomes, static (output, outcome) =>
        {
            if (outcome.Problem is { } problem)
            {
                output.ReportDiagnostic(problem.ToDiagnostic());
            }
            else
            {
                output.AddSource(outcome.FileName, Microsoft.CodeAnalysis.Text.SourceText.From(outcome.Source, Encoding.UTF8));
            }
        });
    }

    private static Outcome Generate(INamedTypeSymbol type, AttributeData attribute, CancellationToken cancellation)
    {
        string fileName = type.ToDisplayString() + ".g.cs";
        try
        {
            MessageModel message = MessageParser.Parse(type, attribute, cancellation);
            return new Outcome(fileName, MessageEmitter.Emit(message), null);
        }
        catch (ProblemException e)
        {
            return new Outcome(fileName, "", e.Problem);
        }
    }

    /// <summary>Source, or the first thing that is wrong.</summary>
    private sealed record Outcome(string FileName, string Source, Problem? Problem);
}

/// <summary>Leaves the parser at the first attribute that is wrong.</summary>
#pragma warning disable CA1032 // Thrown in one place and caught in one place: it needs its problem, and no other constructors.
internal sealed class ProblemException(Problem problem) : Exception
#pragma warning restore CA1032
{
    public Problem Problem { get; } = problem;
}
