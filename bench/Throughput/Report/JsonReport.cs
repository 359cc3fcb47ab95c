using System.Text.Json;
using KLog.Bench.Throughput.Statistics;

namespace KLog.Bench.Throughput.Report;

/// <summary>The report for programs: every round's figures, and what follows from them.</summary>
internal static class JsonReport
{
    internal static void Write(BenchReport report, Stream stream)
    {
        using Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("at", report.At);
        json.WriteNumber("tookSeconds", Math.Round(report.Took.TotalSeconds));
        json.WriteString("baseline", report.Baseline);
        json.WriteString("subject", report.Subject);
        json.WriteStartObject("machine");
        foreach ((string name, string value) in report.Machine)
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
        json.WriteStartArray("workloads");
        foreach (WorkloadResult result in report.Results)
        {
            WriteWorkload(json, result);
        }

        json.WriteEndArray();
        json.WriteStartArray("figures");
        foreach (FigureRow row in report.Rows)
        {
            WriteRow(json, row);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteWorkload(Utf8JsonWriter json, WorkloadResult result)
    {
        json.WriteStartObject();
        json.WriteString("workload", result.Name);
        json.WriteString("title", result.Title);
        json.WriteStartArray("brokers");
        foreach (BrokerResult broker in result.Brokers)
        {
            json.WriteStartObject();
            json.WriteString("broker", broker.Broker);
            json.WriteNumber("warmUpRounds", broker.WarmUpRounds);
            json.WriteString("failure", broker.Failure);
            json.WriteStartArray("rounds");
            foreach (RoundResult round in broker.Rounds)
            {
                json.WriteStartObject();
                foreach ((Figure figure, double value) in round.Figures)
                {
                    json.WriteNumber(figure.Key, Rounded(value));
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteRow(Utf8JsonWriter json, FigureRow row)
    {
        json.WriteStartObject();
        json.WriteString("workload", row.Workload.Name);
        json.WriteString("figure", row.Figure.Key);
        json.WriteStartObject("brokers");
        foreach (FigureCell cell in row.Cells)
        {
            if (cell.Summary is { } summary)
            {
                json.WriteStartObject(cell.Broker);
                json.WriteNumber("median", Rounded(summary.Median));
                json.WriteNumber("min", Rounded(summary.Min));
                json.WriteNumber("max", Rounded(summary.Max));
                if (cell.Ratio is { } ratio)
                {
                    json.WriteNumber("ratio", Rounded(ratio));
                }

                json.WriteEndObject();
            }
        }

        json.WriteEndObject();
        if (row.Goal is not null)
        {
            json.WriteString("goal", row.Goal.ToString());
            json.WriteString("verdict", row.Verdict == Verdict.None ? null : ConsoleTable.Describe(row.Verdict));
        }

        json.WriteEndObject();
    }

    private static double Rounded(double value) => double.IsFinite(value) ? Math.Round(value, 4) : 0;
}
