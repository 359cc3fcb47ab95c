using KLog.Broker.Configuration;

namespace KLog.Broker.Tests.Configuration;

public class NearestNameTests
{
    [Theory]
    [InlineData("abcdef", "abcdef")]
    [InlineData("abcdeg", "abcdef")]
    [InlineData("abcde", "abcdef")]
    [InlineData("xabcdef", "abcdef")]
    [InlineData("bcdefg", "abcdef")]
    [InlineData("uvwxy", "uvwxyz")]
    [InlineData("qqqqqq", null)]
    [InlineData("", null)]
    public void The_nearest_is_found_or_none(string name, string? expected) => Assert.Equal(expected, NearestName.Of(name, ["uvwxyz", "abcdef"]));
}
