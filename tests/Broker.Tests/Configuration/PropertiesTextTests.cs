using KLog.Broker.Configuration;

namespace KLog.Broker.Tests.Configuration;

public class PropertiesTextTests
{
    [Theory]
    [InlineData("a=1", "a", "1")]
    [InlineData("a:1", "a", "1")]
    [InlineData("a 1", "a", "1")]
    [InlineData("  a \t=  1  ", "a", "1  ")]
    [InlineData("a", "a", "")]
    [InlineData("a=", "a", "")]
    [InlineData("a==b", "a", "=b")]
    [InlineData("a=b=c:d", "a", "b=c:d")]
    [InlineData("a\\ b=c", "a b", "c")]
    [InlineData("a\\=b=c", "a=b", "c")]
    [InlineData("a\\:b=c", "a:b", "c")]
    [InlineData("a=\\ b", "a", " b")]
    [InlineData("a=b\\tc\\nd\\re\\ff", "a", "b\tc\nd\re\ff")]
    [InlineData("a=\\u0041\\u00e9", "a", "Aé")]
    [InlineData("a=\\q", "a", "q")]
    [InlineData("a=c:\\\\logs", "a", "c:\\logs")]
    [InlineData("a=one,\\\n   two", "a", "one,two")]
    [InlineData("a=one\\\r\n\ttwo\\\r\nthree", "a", "onetwothree")]
    [InlineData("a=even\\\\\nb=2", "a", "even\\")]
    [InlineData("a=end\\", "a", "end")]
    [InlineData("a=1\na=2", "a", "2")]
    [InlineData("a=x#y!z", "a", "x#y!z")]
    public void A_line_is_read_as_Java_reads_it(string text, string name, string value) =>
        Assert.Equal(value, PropertiesText.Parse(text)[name]);

    [Theory]
    [InlineData("")]
    [InlineData("\n\n   \n")]
    [InlineData("# a=1")]
    [InlineData("   ! a=1")]
    [InlineData("# a comment does not continue \\")]
    public void Comments_and_empty_lines_say_nothing(string text) => Assert.Empty(PropertiesText.Parse(text));

    [Fact]
    public void A_comment_within_a_continuation_belongs_to_the_value() =>
        Assert.Equal("one#two", PropertiesText.Parse("a=one\\\n#two")["a"]);

    [Theory]
    [InlineData("a=1\nb=\\u00g0", "line 2")]
    [InlineData("a=\\u12", "line 1")]
    public void A_bad_escape_names_its_line(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<FormatException>(() => PropertiesText.Parse(text)).Message, StringComparison.Ordinal);
}
