using KLog.Broker.Groups.Consumer;
using KLog.Broker.Metadata;
using KLog.Protocol;
using KLog.Protocol.Messages;

namespace KLog.Broker.Tests.Groups.Consumer;

public sealed class ExpressionTests
{
    private readonly GroupUnderTest _group = new(("a1", 1), ("a2", 1), ("b", 1), ("__consumer_offsets", 50));

    [Theory]
    [InlineData("a.", "a1,a2")]
    [InlineData("a", "")]
    [InlineData("a1|b", "a1,b")]
    [InlineData(".*", "a1,a2,b")]
    [InlineData("^a[0-9]+$", "a1,a2")]
    [InlineData("(?i)B", "b")]
    [InlineData("[[:alpha:]]", "")]
    [InlineData("", "")]
    public void A_topic_is_matched_by_its_whole_name(string expression, string topics) =>
        Assert.Equal(topics, string.Join(',', TopicExpressions.Match(expression, _group.Cluster)));

    [Theory]
    [InlineData("(")]
    [InlineData("a)(b")]
    [InlineData("(a)\\1")]
    [InlineData("(?=a)")]
    [InlineData("[")]
    [InlineData("*")]
    public void What_cannot_be_run_is_refused(string expression)
    {
        var response = Join("m", expression);
        Assert.Equal(ErrorCode.InvalidRegularExpression, response.ErrorCode);
        Assert.StartsWith($"SubscribedTopicRegex `{expression}` is not a valid regular expression: ", response.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public void A_member_gets_what_its_expression_matches()
    {
        Assert.Equal("1 a1:0 a2:0", _group.Text(Join("m", "a.")));
        Assert.Equal("5m 16a. 3 7m 6 8m", _group.Log.TakeFresh());
        Assert.True(_group.Group.IsSubscribedTo("a1"));
        Assert.False(_group.Group.IsSubscribedTo("b"));
    }

    [Fact]
    public void A_topic_that_comes_later_is_matched_too()
    {
        Join("m", "a.");
        _group.Log.TakeFresh();
        _group.Cluster = _group.Cluster.With([TestCluster.Topic("a3", 1)]);
        Assert.Equal("2 a1:0 a2:0 a3:0", _group.Text(_group.Beat("m", 1)));
        Assert.Equal("16a. 3 7m 6 8m", _group.Log.TakeFresh());
    }

    [Fact]
    public void An_expression_that_nobody_has_is_forgotten()
    {
        Join("m", "a.");
        Join("n", "a.");
        _group.Leave("m");
        Assert.Single(_group.Group.State.Expressions);
        _group.Log.TakeFresh();
        _group.Beat("n", 2, request => request.SubscribedTopicRegex = "b");
        Assert.StartsWith("5n 16b -16a. 3", _group.Log.TakeFresh(), StringComparison.Ordinal);
        _group.Leave("n");
        Assert.StartsWith("-8n -7n -5n -16b 3", _group.Log.TakeFresh(), StringComparison.Ordinal);
    }

    [Fact]
    public void Names_and_an_expression_add_up()
    {
        var response = _group.Beat("m", 0, request =>
        {
            request.SubscribedTopicNames = ["b"];
            request.SubscribedTopicRegex = "a1";
        });
        Assert.Equal("1 a1:0 b:0", _group.Text(response));
        Assert.Equal("1 b:0", _group.Text(_group.Beat("m", 1, request => request.SubscribedTopicRegex = "")));
    }

    private ConsumerGroupHeartbeatResponse Join(string member, string expression) =>
        _group.Beat(member, 0, request => request.SubscribedTopicRegex = expression);
}
