using KLog.Broker.Configuration;
using Microsoft.Extensions.Logging;

namespace KLog.Broker.Tests.Configuration;

public sealed class LogLevelsTests : IDisposable
{
    private readonly LogLevels _levels = new(LogLevel.Information);
    private readonly ILoggerFactory _factory;
    private readonly ILogger _listener;
    private readonly ILogger _log;

    public LogLevelsTests()
    {
        _factory = LoggerFactory.Create(logging =>
        {
            logging.AddProvider(new Written());
            _levels.Decide(logging);
        });
        _listener = _factory.CreateLogger("KLog.Broker.Network.Listener");
        _log = _factory.CreateLogger("KLog.Broker.Storage");
    }

    public void Dispose()
    {
        _factory.Dispose();
        _levels.Dispose();
    }

    [Fact]
    public void A_level_acts_on_the_loggers_below_at_once()
    {
        Assert.False(_listener.IsEnabled(LogLevel.Debug));
        _levels.Set("KLog.Broker.Network", LogLevel.Debug);
        Assert.True(_listener.IsEnabled(LogLevel.Debug));
        Assert.False(_log.IsEnabled(LogLevel.Debug));
        _levels.Set("KLog.Broker.Network.Listener", LogLevel.Error);
        Assert.False(_listener.IsEnabled(LogLevel.Warning));
        _levels.Set("KLog.Broker.Network.Listener", null);
        Assert.True(_listener.IsEnabled(LogLevel.Debug));
        _levels.Set(LogLevels.Root, LogLevel.None);
        Assert.False(_log.IsEnabled(LogLevel.Critical));
    }

    [Fact]
    public void Every_logger_and_every_name_above_one_is_told()
    {
        _levels.Set("KLog.Broker", LogLevel.Warning);
        Assert.Equal(
            ["KLog=INFO", "KLog.Broker=WARN", "KLog.Broker.Network=WARN", "KLog.Broker.Network.Listener=WARN", "KLog.Broker.Storage=WARN", "root=INFO"],
            _levels.All.Select(level => $"{level.Logger}={LogLevels.NameOf(level.Level)}"));
        Assert.False(_levels.Exists("KLog.Brok"));
    }

    [Theory]
    [InlineData("TRACE", LogLevel.Trace)]
    [InlineData("warn", LogLevel.Warning)]
    [InlineData("FATAL", LogLevel.Critical)]
    [InlineData("OFF", LogLevel.None)]
    [InlineData("LOUD", null)]
    public void Levels_have_Kafkas_names(string name, LogLevel? level) => Assert.Equal(level, LogLevels.Parse(name));

    private sealed class Written : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
        }

        public void Dispose()
        {
        }
    }
}
