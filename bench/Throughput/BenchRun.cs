using System.Net.Sockets;
using KLog.Bench.Throughput.Brokers;
using KLog.Bench.Throughput.Load;
using KLog.Bench.Throughput.Report;
using KLog.Bench.Throughput.Statistics;
using KLog.Bench.Throughput.Workloads;

namespace KLog.Bench.Throughput;

/// <summary>
/// One benchmark: all brokers are started, and at each workload first warmed up, one after the other, then measured in
/// turn, round by round (A B C, A B C, …), so that what changes on the machine meanwhile meets all of them. Runs on the
/// main thread, to which the brokers' lives are tied.
/// </summary>
internal sealed class BenchRun(BenchOptions options, BrokerUnderTest[] brokers, ProgressLine progress, CancellationToken cancellation)
{
    /// <summary>What a broker gets to catch up with its clock after it was paused.</summary>
    private static readonly TimeSpan SettleTime = TimeSpan.FromMilliseconds(300);

    internal List<WorkloadResult> Run()
    {
        foreach (BrokerUnderTest broker in brokers)
        {
            progress.Say($"starting {broker.Name}");
            broker.Start(cancellation);
            SetPaused(broker, true);
        }

        List<WorkloadResult> results = [];
        foreach (Workload workload in options.Workloads)
        {
            results.Add(Measure(workload, $"{results.Count + 1}/{options.Workloads.Length} {workload.Name}"));
        }

        return results;
    }

    private WorkloadResult Measure(Workload workload, string place)
    {
        progress.Say($"{place}: {workload.Title}");
        List<(BrokerUnderTest Broker, BrokerResult Result)> turns =
            [.. brokers.Where(workload.CanRunOn).Select(b => (b, new BrokerResult(b.Name)))];
        try
        {
            foreach ((BrokerUnderTest broker, BrokerResult result) in turns)
            {
                InTurn(broker, result, () => WarmUp(workload, broker, result, place));
            }

            for (int round = 1; round <= options.Rounds; round++)
            {
                foreach ((BrokerUnderTest broker, BrokerResult result) in turns)
                {
                    string label = $"{place} round {round}/{options.Rounds} {broker.Name}";
                    InTurn(broker, result, () => result.Rounds.Add(RunOnce(workload, broker, isWarmUp: false, label)));
                }
            }
        }
        finally
        {
            foreach ((BrokerUnderTest broker, _) in turns)
            {
                SetPaused(broker, false);
                workload.Finish(broker);
                SetPaused(broker, true);
            }
        }

        return new WorkloadResult(workload.Name, workload.Title, workload.Main, [.. turns.Select(t => t.Result)]);
    }

    /// <summary>Gives one broker the machine. What fails is noted, and the broker sits out the rest of the workload.</summary>
    private void InTurn(BrokerUnderTest broker, BrokerResult result, Action action)
    {
        if (result.Failure is not null)
        {
            return;
        }

        SetPaused(broker, false);
        cancellation.WaitHandle.WaitOne(SettleTime);
        try
        {
            action();
        }
        catch (Exception e) when (e is LoadException or SocketException or IOException)
        {
            result.Failure = e.Message;
            progress.Say($"  {broker.Name} failed: {e.Message}");
        }
        finally
        {
            SetPaused(broker, true);
        }
    }

    private void WarmUp(Workload workload, BrokerUnderTest broker, BrokerResult result, string place)
    {
        workload.Prepare(new RunContext(broker, options.Scale, true, new LoadMeter(), cancellation));
        if (!workload.WarmsUp)
        {
            return;
        }

        WarmUp warmUp = new();
        long end = LoadClock.Now + LoadClock.Nanoseconds(options.Scale.WarmUpMax);
        while (!warmUp.IsWarm && LoadClock.Now < end)
        {
            result.WarmUpRounds++;
            double figure = RunOnce(workload, broker, isWarmUp: true, $"{place} warm-up {result.WarmUpRounds} {broker.Name}")[workload.Main];
            warmUp.Add(workload.Main.HigherIsBetter ? figure : 1 / figure);
        }
    }

    private RoundResult RunOnce(Workload workload, BrokerUnderTest broker, bool isWarmUp, string label)
    {
        LoadMeter meter = new();
        using (progress.Follow(label, meter))
        {
            RoundResult result = workload.Run(new RunContext(broker, options.Scale, isWarmUp, meter, cancellation));
            progress.Say($"  {label}: {Quantity.Describe(workload.Main, result[workload.Main])}");
            return result;
        }
    }

    private void SetPaused(BrokerUnderTest broker, bool paused) => broker.Pause(paused && options.PauseIdle);
}
