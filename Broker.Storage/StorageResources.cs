using KLog.Broker.Storage.Files;
using Microsoft.Extensions.Logging;

namespace KLog.Broker.Storage;

/// <summary>What all logs of a process share.</summary>
/// <param name="OpenFiles">Bounds the descriptors of segment files.</param>
/// <param name="OpenMaps">Bounds the memory maps of sealed segments' indexes.</param>
internal sealed record StorageResources(
    IFileSystem Files,
    OpenLimit OpenFiles,
    OpenLimit OpenMaps,
    TimeProvider Time,
    ILogger Logger)
{
    internal ColdReads ColdReads { get; } = new();

    internal long NowMs => Time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>
    /// Half of the descriptors that the process may have are for segments; the other half for connections. Of the
    /// 65,530 maps, an eighth.
    /// </summary>
    internal static StorageResources Create(IFileSystem files, TimeProvider time, ILogger logger)
    {
        int openFiles = (int)Math.Clamp(Posix.MaxOpenFiles() / 2, 64, 100_000);
        return new StorageResources(files, new OpenLimit(openFiles), new OpenLimit(8_192), time, logger);
    }
}
