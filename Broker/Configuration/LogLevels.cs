using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace KLog.Broker.Configuration;

/// <summary>
/// The levels of the broker's loggers, which BROKER_LOGGER configs change while it runs. A logger without a level of its
/// own has that of the nearest name above it (KLog.Broker.Network above KLog.Broker.Network.Listener), in the end root's.
/// Nothing of this is kept over a restart, as in Kafka.
/// </summary>
public sealed class LogLevels(LogLevel root) : ILoggerProvider
{
    public const string Root = "root";

    /// <summary>Kafka's names of the levels, with FATAL for what .NET calls critical.</summary>
    public static readonly IReadOnlyList<string> Names = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL", "OFF"];

    private readonly ConcurrentDictionary<string, LogLevel> _inForce = new();
    private readonly ConcurrentDictionary<string, bool> _known = new();
    private ImmutableDictionary<string, LogLevel> _own = ImmutableDictionary<string, LogLevel>.Empty.Add(Root, root);

    /// <summary>Lets these levels alone decide what is logged.</summary>
    public void Decide(ILoggingBuilder logging)
    {
        logging.AddProvider(this);
        logging.SetMinimumLevel(LogLevel.Trace);
        logging.AddFilter((category, level) => level >= InForce(category ?? Root));
    }

    /// <summary>Every logger that there is, and every name above one, with the level in force.</summary>
    public IEnumerable<(string Logger, LogLevel Level)> All => _known.Keys.Append(Root).Order(StringComparer.Ordinal).Select(name => (name, InForce(name)));

    public bool Exists(string logger) => logger == Root || _known.ContainsKey(logger);

    public LogLevel InForce(string logger) => _inForce.TryGetValue(logger, out LogLevel level) ? level : _inForce[logger] = Nearest(logger);

    /// <summary>null takes a logger's own level away.</summary>
    public void Set(string logger, LogLevel? level)
    {
        ImmutableInterlocked.Update(ref _own, own => level is { } set ? own.SetItem(logger, set) : own.Remove(logger));
        _inForce.Clear();
    }

    public static string NameOf(LogLevel level) => Names[(int)level];

    public static LogLevel? Parse(string name)
    {
        for (int level = 0; level < Names.Count; level++)
        {
            if (Names[level].Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return (LogLevel)level;
            }
        }

        return null;
    }

    /// <summary>Takes note of the logger; another provider writes.</summary>
    public ILogger CreateLogger(string categoryName)
    {
        for (string name = categoryName; name.Length > 0; name = Above(name))
        {
            _known[name] = true;
        }

        return NullLogger.Instance;
    }

    public void Dispose()
    {
    }

    private LogLevel Nearest(string logger)
    {
        ImmutableDictionary<string, LogLevel> own = _own;
        for (string name = logger; name.Length > 0; name = Above(name))
        {
            if (own.TryGetValue(name, out LogLevel level))
            {
                return level;
            }
        }

        return own[Root];
    }

    private static string Above(string name) => name.LastIndexOf('.') is > 0 and int dot ? name[..dot] : "";
}
