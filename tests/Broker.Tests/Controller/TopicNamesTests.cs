using KLog.Broker.Controller;

namespace KLog.Broker.Tests.Controller;

public sealed class TopicNamesTests
{
    [Theory]
    [InlineData("", "Topic name is invalid: the empty string is not allowed")]
    [InlineData(".", "Topic name is invalid: '.' is not allowed")]
    [InlineData("..", "Topic name is invalid: '..' is not allowed")]
    [InlineData("a/b", "Topic name is invalid: 'a/b' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'")]
    [InlineData("a b", "Topic name is invalid: 'a b' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'")]
    [InlineData("ä", "Topic name is invalid: 'ä' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'")]
    public void Names_that_Kafka_refuses_are_refused_with_its_words(string name, string fault) => Assert.Equal(fault, TopicNames.Fault(name));

    [Fact]
    public void A_name_has_at_most_249_characters()
    {
        Assert.Null(TopicNames.Fault(new string('x', 249)));
        Assert.EndsWith("is longer than the max allowed length 249", TopicNames.Fault(new string('x', 250)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("...")]
    [InlineData("A.b_C-9")]
    [InlineData("__consumer_offsets")]
    public void Other_names_are_fine(string name) => Assert.Null(TopicNames.Fault(name));
}
