using System.Text.Json;
using System.Xml.Linq;
using KLog.Bench.Throughput.Report;
using KLog.Bench.Throughput.Statistics;
using KLog.Bench.Throughput.Workloads;

namespace KLog.Bench.Tests;

public sealed class ReportTests
{
    [Theory]
    [InlineData(0.123456, "0.12")]
    [InlineData(9.999, "10.0")]
    [InlineData(12.34, "12.3")]
    [InlineData(123.4, "123")]
    [InlineData(9994, "9994")]
    [InlineData(12345, "12.3 k")]
    [InlineData(999_499, "999 k")]
    [InlineData(999_500, "1.00 M")]
    [InlineData(3_812_345, "3.81 M")]
    public void Numbers_have_three_digits_that_count(double value, string expected)
    {
        Assert.Equal(expected, Quantity.Format(value));
    }

    [Fact]
    public void Text_is_escaped_in_elements_and_attributes()
    {
        Svg svg = new(10, 10, "a \"label\" & <more>");
        svg.Text(0, 0, "<script>alert('x')</script>");
        XElement parsed = XElement.Parse(svg.ToString());
        Assert.Equal("a \"label\" & <more>", parsed.Attribute("aria-label")!.Value);
        Assert.Equal("<script>alert('x')</script>", parsed.Elements().Single().Value);
    }

    [Fact]
    public void A_page_shows_a_hostile_broker_name_as_text()
    {
        string page = HtmlPage.Render(Report("<img src=x onerror=alert(1)>"));
        Assert.DoesNotContain("<img", page, StringComparison.Ordinal);
        Assert.Contains("&lt;img src=x onerror=alert(1)&gt;", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_page_needs_nothing_from_elsewhere()
    {
        string page = HtmlPage.Render(Report("KLog"));
        Assert.DoesNotContain("http:", page, StringComparison.Ordinal);
        Assert.DoesNotContain("https:", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_plot_of_a_page_is_well_formed()
    {
        string page = HtmlPage.Render(Report("KLog & friends"));
        int plots = 0;
        for (int at = 0; (at = page.IndexOf("<svg", at, StringComparison.Ordinal)) >= 0; at++)
        {
            int end = page.IndexOf("</svg>", at, StringComparison.Ordinal) + "</svg>".Length;
            Assert.NotEmpty(XElement.Parse(page[at..end]).Elements());
            plots++;
        }

        // The goals, two latency curves, and the bars of ack p99 and p99.9.
        Assert.True(plots >= 5, $"{plots} plots");
    }

    [Fact]
    public void The_json_holds_every_round_and_every_ratio()
    {
        using MemoryStream stream = new();
        JsonReport.Write(Report("KLog"), stream);
        using JsonDocument json = JsonDocument.Parse(stream.ToArray());
        JsonElement broker = json.RootElement.GetProperty("workloads")[0].GetProperty("brokers")[0];
        Assert.Equal(2, broker.GetProperty("rounds").GetArrayLength());
        JsonElement row = json.RootElement.GetProperty("figures")[0];
        Assert.Equal("ackP99Ms", row.GetProperty("figure").GetString());
        Assert.InRange(row.GetProperty("brokers").GetProperty("KLog").GetProperty("ratio").GetDouble(), 0.45, 0.5);
        Assert.Equal("met, and the aim", row.GetProperty("verdict").GetString());
    }

    [Fact]
    public void Peak_memory_is_the_greatest_of_each_round_over_the_produce_runs()
    {
        WorkloadResult large = Memory("produce-large", 100, 250);
        WorkloadResult single = Memory("single", 180, 90);
        WorkloadResult fetch = Memory("fetch", 900, 900);
        BrokerResult peak = Assert.Single(WorkloadCatalog.PeakMemory([large, single, fetch]).Brokers);
        Assert.Equal([180.0, 250.0], peak.Rounds.Select(r => r[Figure.PeakMemory]));
    }

    [Fact]
    public void Every_goal_is_one_of_a_workload_that_exists()
    {
        string[] names = [.. WorkloadCatalog.All.Select(w => w.Name), WorkloadCatalog.Memory];
        Assert.All(WorkloadCatalog.Goals, goal => Assert.Contains(goal.Workload, names));
        Assert.Equal(WorkloadCatalog.Goals.Length, WorkloadCatalog.Goals.DistinctBy(g => (g.Workload, g.Figure)).Count());
    }

    private static WorkloadResult Memory(string workload, params double[] peaks)
    {
        BrokerResult broker = new("KLog");
        foreach (double peak in peaks)
        {
            RoundResult round = new();
            round[Figure.PeakMemory] = peak;
            broker.Rounds.Add(round);
        }

        return new WorkloadResult(workload, workload, Figure.Records, [broker]);
    }

    private static BenchReport Report(string subject)
    {
        WorkloadResult[] results =
        [
            new("latency", "latency", Figure.Acknowledged[1], [Latency(subject, 900_000), Latency("Kafka", 2_000_000)]),
        ];
        return new BenchReport(
            $"{subject} · Kafka", new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero), TimeSpan.FromMinutes(3), [("kernel", "6 & up")],
            "Kafka", subject, results, FigureTable.Build(results, "Kafka", subject, WorkloadCatalog.Goals));
    }

    private static BrokerResult Latency(string name, long nanoseconds)
    {
        BrokerResult broker = new(name);
        for (int round = 0; round < 2; round++)
        {
            LatencyHistogram histogram = new();
            for (int i = 1; i <= 1_000; i++)
            {
                histogram.Record(nanoseconds + (i * 100));
            }

            RoundResult result = new();
            result.Histograms[LatencyWorkload.AcknowledgedHistogram] = histogram;
            result.Histograms[LatencyWorkload.EndToEndHistogram] = histogram;
            result[Figure.Acknowledged[1]] = histogram.Percentile(0.99) / 1e6;
            result[Figure.Acknowledged[2]] = histogram.Percentile(0.999) / 1e6;
            broker.Rounds.Add(result);
        }

        return broker;
    }
}
