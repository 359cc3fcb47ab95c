using System.Diagnostics;
using KLog.Protocol;
using KLog.Protocol.Messages;

namespace KLog.Faults;

/// <summary>What the rounds came to.</summary>
internal readonly record struct CrashTotals(int Rounds, long Acknowledged, TimeSpan Time)
{
    public override string ToString() =>
        $"{Rounds} kills in {Time.TotalSeconds:0} s, {Acknowledged} records acknowledged, none lost, doubled or out of order";
}

/// <summary>
/// Rounds of: start a broker on the same folder, check every acknowledged record, produce to several partitions, kill the
/// broker at a random moment, now and then during the next start too.
/// </summary>
internal sealed class CrashRun(int seed, Action<string> say)
{
    /// <summary>Topics are made anew after so many rounds, so that a round takes as long in the end as in the beginning.</summary>
    private const int RoundsOfTopics = 10;

    private readonly Random _random = new(seed);
    private readonly string _folder = Directory.CreateTempSubdirectory("klog-crash-").FullName;
    private List<Ledger> _ledgers = [];
    private long _acknowledgedBefore;

    private long Acknowledged => _acknowledgedBefore + _ledgers.Sum(ledger => (long)ledger.Acknowledged.Count);

    /// <exception cref="BrokenPromiseException">A record is lost, doubled, or out of order; the folder is left for a look.</exception>
    internal async Task<CrashTotals> RunAsync(int rounds)
    {
        long started = Stopwatch.GetTimestamp();
        for (int round = 1; round <= rounds; round++)
        {
            bool isFlushed = _random.Next(2) == 0;
            int loadMs = _random.Next(500);
            try
            {
                await KillDuringStartAsync();
                using BrokerProcess broker = Start(isFlushed);
                await broker.AwaitReadyAsync();
                await RoundAsync(round, broker, loadMs);
            }
            catch (BrokenPromiseException broken)
            {
                throw new BrokenPromiseException($"round {round} of --seed {seed}: {broken.Message}\nThe data are left in {_folder}");
            }

            say($"round {round} of {rounds}: killed after {loadMs} ms{(isFlushed ? " with flush.messages=1" : "")}, {Acknowledged} records acknowledged");
        }

        using (BrokerProcess broker = Start(isFlushed: false))
        {
            await broker.AwaitReadyAsync();
            await CheckAsync(broker);
        }

        Directory.Delete(_folder, recursive: true);
        return new CrashTotals(rounds, Acknowledged, Stopwatch.GetElapsedTime(started));
    }

    private async Task KillDuringStartAsync()
    {
        while (_random.Next(5) == 0)
        {
            using BrokerProcess broker = Start(isFlushed: false);
            await Task.Delay(_random.Next(400));
            await broker.KillAsync();
        }
    }

    private BrokerProcess Start(bool isFlushed) => new(
        _folder,
        $"log.flush.interval.messages={(isFlushed ? 1 : 100_000_000)}",
        "log.flush.interval.ms=100",
        "log.flush.offset.checkpoint.interval.ms=100",
        "log.flush.start.offset.checkpoint.interval.ms=100",
        "log.initial.task.delay.ms=0",
        "log.cleaner.backoff.ms=50",
        "auto.create.topics.enable=false");

    private async Task RoundAsync(int round, BrokerProcess broker, int loadMs)
    {
        await CheckAsync(broker);
        if (round % RoundsOfTopics == 1)
        {
            await MakeTopicsAsync(round, broker);
        }

        using CancellationTokenSource stop = new();
        Task[] loaders = [.. _ledgers.Select(ledger => new Loader(ledger, broker.Port, new Random(_random.Next())).RunAsync(stop.Token))];
        long before = Acknowledged;
        await Task.WhenAny([DelayFromFirstAnswerAsync(before, loadMs), .. loaders]);
        await broker.KillAsync();
        await stop.CancelAsync();
        await Task.WhenAll(loaders);
    }

    // A broker that has just started answers slowly: without this, many rounds would kill it before it has promised anything.
    private async Task DelayFromFirstAnswerAsync(long before, int loadMs)
    {
        for (int waits = 0; waits < 200 && Acknowledged == before; waits++)
        {
            await Task.Delay(10);
        }

        await Task.Delay(loadMs);
    }

    private async Task CheckAsync(BrokerProcess broker)
    {
        using BrokerConnection connection = new(broker.Port);
        foreach (Ledger ledger in _ledgers)
        {
            await new LedgerCheck(ledger, connection).RunAsync();
        }
    }

    private async Task MakeTopicsAsync(int round, BrokerProcess broker)
    {
        using BrokerConnection connection = new(broker.Port);
        if (_ledgers.Count > 0)
        {
            await connection.CallAsync(
                new DeleteTopicsRequest { TopicNames = [.. _ledgers.Select(ledger => ledger.Topic).Distinct()], TimeoutMs = 30_000 }, 5);
        }

        _acknowledgedBefore = Acknowledged;
        _ledgers =
        [
            .. Enumerable.Range(0, 2).Select(partition => new Ledger($"plain-{round}", partition, IsIdempotent: false, IsCompacted: false)),
            .. Enumerable.Range(0, 2).Select(partition => new Ledger($"idempotent-{round}", partition, IsIdempotent: true, IsCompacted: false)),
            new Ledger($"compacted-{round}", 0, IsIdempotent: true, IsCompacted: true),
        ];
        CreateTopicsResponse made = await connection.CallAsync(
            new CreateTopicsRequest
            {
                Topics =
                [
                    .. _ledgers.GroupBy(ledger => ledger.Topic).Select(topic => new CreateTopicsRequest.CreatableTopic
                    {
                        Name = topic.Key,
                        NumPartitions = topic.Count(),
                        ReplicationFactor = 1,
                        Configs = [.. ConfigsOf(topic.First()).Select(config => new CreateTopicsRequest.CreatableTopic.CreatableTopicConfig
                        {
                            Name = config.Name,
                            Value = config.Value,
                        })],
                    }),
                ],
                TimeoutMs = 30_000,
            },
            7);
        foreach (var topic in made.Topics.Where(topic => topic.ErrorCode != ErrorCode.None))
        {
            throw new BrokenPromiseException($"{topic.Name} cannot be made: {topic.ErrorCode} {topic.ErrorMessage}");
        }
    }

    private static IEnumerable<(string Name, string Value)> ConfigsOf(Ledger ledger)
    {
        yield return ("internal.segment.bytes", "30000");
        yield return ("index.interval.bytes", "500");
        if (ledger.IsCompacted)
        {
            yield return ("cleanup.policy", "compact");
            yield return ("min.cleanable.dirty.ratio", "0.01");
        }
    }
}
