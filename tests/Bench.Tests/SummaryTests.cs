using KLog.Bench.Throughput.Statistics;

namespace KLog.Bench.Tests;

public sealed class SummaryTests
{
    [Fact]
    public void The_median_of_an_odd_number_is_the_middle_one()
    {
        Assert.Equal(new Summary(3, 1, 100), Summary.Of(100, 1, 3));
    }

    [Fact]
    public void The_median_of_an_even_number_is_between_the_middle_two()
    {
        Assert.Equal(new Summary(2.5, 1, 4), Summary.Of(4, 1, 3, 2));
    }

    [Fact]
    public void There_is_no_summary_of_nothing()
    {
        Assert.Throws<ArgumentException>(() => Summary.Of());
    }

    [Fact]
    public void A_broker_is_warm_after_two_rounds_that_rise_by_less_than_5_percent()
    {
        WarmUp warmUp = new();
        double[] rounds = [100, 150, 156, 165, 168, 160];
        bool[] expected = [false, false, false, false, false, true];
        for (int i = 0; i < rounds.Length; i++)
        {
            warmUp.Add(rounds[i]);
            Assert.Equal(expected[i], warmUp.IsWarm);
        }
    }

    [Fact]
    public void A_bad_round_does_not_lower_the_mark()
    {
        WarmUp warmUp = new();
        warmUp.Add(100);
        warmUp.Add(104);
        warmUp.Add(50);
        warmUp.Add(103);
        Assert.True(warmUp.IsWarm);
    }

    [Fact]
    public void A_broker_is_not_warm_before_the_fourth_round()
    {
        WarmUp warmUp = new();
        for (int round = 1; round <= 4; round++)
        {
            warmUp.Add(100);
            Assert.Equal(round == 4, warmUp.IsWarm);
        }
    }
}
