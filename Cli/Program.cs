using System.CommandLine;
using KLog.Cli;

RootCommand root = new("KLog, a Kafka-compatible log broker.")
{
    ServerCommand.Make(),
    BenchCommand.Make(),
};
return await CommandLine.RunAsync(root, args);
