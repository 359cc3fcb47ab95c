using System.CommandLine;
using KLog.Cli;
using KLog.Cli.Groups;

// Read once, when the first socket is made: a completed receive is handled on the thread that polls, without a hop to the
// pool. Connections with much to do leave that thread by themselves (see Connection).
const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";
Environment.SetEnvironmentVariable(InlineCompletions, Environment.GetEnvironmentVariable(InlineCompletions) ?? "1");

RootCommand root = new("KLog, a Kafka-compatible log broker.")
{
    ServerCommand.Make(),
    AdoptCommand.Make(),
    DumpCommand.Make(),
    VerifyCommand.Make(),
    GroupsCommand.Make(),
    BenchCommand.Make(),
};
return await CommandLine.RunAsync(root, args);
