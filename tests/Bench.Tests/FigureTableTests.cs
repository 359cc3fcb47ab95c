using KLog.Bench.Throughput.Statistics;

namespace KLog.Bench.Tests;

public sealed class FigureTableTests
{
    private static readonly Goal Faster = new("produce", Figure.Records, GoalKind.RatioAtLeast, 1.8, 2.5);
    private static readonly Goal Cheaper = new("produce", Figure.CpuPerGib, GoalKind.RatioAtMost, 0.5);
    private static readonly Goal Quick = new("start", Figure.Start, GoalKind.ValueAtMost, 1);

    [Fact]
    public void Ratios_are_those_of_the_medians()
    {
        WorkloadResult produce = Produce(klog: [100, 300, 200], kafka: [50, 100, 400]);
        FigureRow row = Assert.Single(FigureTable.Build([produce], "Kafka", "KLog", [Faster]));
        Assert.Equal(200, row.Cells[0].Summary!.Value.Median);
        Assert.Equal(2.0, row.Cells[0].Ratio);
        Assert.Null(row.Cells[1].Ratio);
        Assert.Equal(Verdict.Met, row.Verdict);
    }

    [Theory]
    [InlineData(179, nameof(Verdict.Missed))]
    [InlineData(180, nameof(Verdict.Met))]
    [InlineData(249, nameof(Verdict.Met))]
    [InlineData(250, nameof(Verdict.AimReached))]
    public void A_floor_is_met_from_its_bound_on(double klog, string expected)
    {
        FigureRow row = Assert.Single(FigureTable.Build([Produce([klog], [100])], "Kafka", "KLog", [Faster]));
        Assert.Equal(expected, row.Verdict.ToString());
    }

    [Theory]
    [InlineData(0.5, nameof(Verdict.Met))]
    [InlineData(0.51, nameof(Verdict.Missed))]
    public void A_ceiling_is_met_up_to_its_bound(double ratio, string expected)
    {
        Assert.Equal(expected, Cheaper.Judge(value: 7, ratio).ToString());
    }

    [Fact]
    public void A_goal_for_the_figure_itself_needs_no_baseline()
    {
        WorkloadResult start = new("start", "start", Figure.Start, [Broker("KLog", Figure.Start, 0.6)]);
        FigureRow row = Assert.Single(FigureTable.Build([start], null, "KLog", [Quick]));
        Assert.Equal(Verdict.Met, row.Verdict);
    }

    [Fact]
    public void A_ratio_without_a_baseline_is_not_judged()
    {
        FigureRow row = Assert.Single(FigureTable.Build([Produce([100], [])], "Kafka", "KLog", [Faster]));
        Assert.Null(row.Cells[0].Ratio);
        Assert.Null(row.Cells[1].Summary);
        Assert.Equal(Verdict.None, row.Verdict);
    }

    [Fact]
    public void A_broker_that_failed_is_not_judged()
    {
        FigureRow row = Assert.Single(FigureTable.Build([Produce([], [100])], "Kafka", "KLog", [Faster]));
        Assert.Equal(Verdict.None, row.Verdict);
    }

    [Fact]
    public void The_main_figure_comes_first_and_the_runs_own_last()
    {
        RoundResult round = new();
        round[Figure.GeneratorCpu] = 0.2;
        round[Figure.CpuPerGib] = 3;
        round[Figure.Records] = 100;
        BrokerResult broker = new("KLog");
        broker.Rounds.Add(round);
        WorkloadResult result = new("produce", "produce", Figure.Records, [broker]);
        Assert.Equal(
            [Figure.Records, Figure.CpuPerGib, Figure.GeneratorCpu],
            FigureTable.Build([result], null, "KLog", []).Select(r => r.Figure));
    }

    [Fact]
    public void A_goal_says_what_it_wants()
    {
        Assert.Equal("≥ 1.8 × (aim 2.5)", Faster.ToString());
        Assert.Equal("≤ 0.5 ×", Cheaper.ToString());
        Assert.Equal("≤ 1 s", Quick.ToString());
    }

    private static WorkloadResult Produce(double[] klog, double[] kafka) =>
        new("produce", "produce", Figure.Records, [Broker("KLog", Figure.Records, klog), Broker("Kafka", Figure.Records, kafka)]);

    private static BrokerResult Broker(string name, Figure figure, params double[] values)
    {
        BrokerResult broker = new(name);
        foreach (double value in values)
        {
            RoundResult round = new();
            round[figure] = value;
            broker.Rounds.Add(round);
        }

        return broker;
    }
}
