using KLog.Cli.Groups.Reset;
using KLog.Protocol;

namespace KLog.Cli.Tests.Groups;

/// <summary>The lines of --export and --from-file.</summary>
public sealed class ResetPlanTests
{
    [Fact]
    public void Lines_of_one_group_are_read()
    {
        ResetPlan plan = ResetPlan.Parse("orders,0,5\r\n\n\"orders\", 1 ,\"7\"\n", "g");
        Assert.Equal(
            new Dictionary<TopicPartition, long> { [new("orders", 0)] = 5, [new("orders", 1)] = 7 }, plan.Of("g"));
        Assert.Null(plan.Of("h"));
    }

    [Fact]
    public void Lines_that_name_their_group_are_read_whether_one_is_named_or_several()
    {
        foreach (string? only in new[] { "g", null })
        {
            ResetPlan plan = ResetPlan.Parse("g,t,0,5\nh,t,0,-1\n\"a, \"\"b\"\"\",t,0,9", only);
            Assert.Equal(5, plan.Of("g")?[new("t", 0)]);
            Assert.Equal(-1, plan.Of("h")?[new("t", 0)]);
            Assert.Equal(9, plan.Of("a, \"b\"")?[new("t", 0)]);
        }
    }

    [Theory]
    [InlineData("t,0", "g")]
    [InlineData("t,0,5", null)]
    [InlineData("t,x,5", "g")]
    [InlineData("t,-1,5", "g")]
    [InlineData("t,0,", "g")]
    [InlineData("g,t,0,5,6", null)]
    public void A_wrong_line_is_named(string line, string? only)
    {
        FormatException error = Assert.Throws<FormatException>(() => ResetPlan.Parse($"g,t,0,5\n{line}", only));
        Assert.StartsWith("line 2: must be ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "\"a-topic-with-a-name-of-26-c\",3,4\nt,0,1\nt,2,2\n\"u v\",0,3\n")]
    [InlineData(true, "g,\"a-topic-with-a-name-of-26-c\",3,4\ng,t,0,1\ng,t,2,2\ng,\"u v\",0,3\n")]
    public void What_is_written_is_kafkas_and_can_be_read(bool namesGroups, string expected)
    {
        Dictionary<TopicPartition, long> offsets = new()
        {
            [new("t", 2)] = 2,
            [new("u v", 0)] = 3,
            [new("t", 0)] = 1,
            [new("a-topic-with-a-name-of-26-c", 3)] = 4,
        };
        using StringWriter output = new() { NewLine = "\n" };
        ResetPlan.Write(new Dictionary<string, IReadOnlyDictionary<TopicPartition, long>> { ["g"] = offsets }, namesGroups, output);
        Assert.Equal(expected, output.ToString());
        Assert.Equal(offsets, ResetPlan.Parse(output.ToString(), "g").Of("g"));
    }
}
