using System.CommandLine;

namespace KLog.Cli;

/// <summary>What names a broker's configuration on a command line: a properties file, and properties that win over it.</summary>
internal static class BrokerArguments
{
    public static Argument<string?> File(string description) => new("server.properties")
    {
        Description = description,
        Arity = ArgumentArity.ZeroOrOne,
    };

    public static Option<string[]> Overrides() => new("--override")
    {
        Description = "A property that wins over the file; may be given several times.",
        HelpName = "name=value",
        Arity = ArgumentArity.OneOrMore,
    };
}
