using KLog.Broker.Groups;
using KLog.Broker.Groups.Assignors;
using Xunit;

namespace KLog.Broker.Tests.Groups.Assignors;

public sealed class BuiltInAssignorsTests
{
    [Fact]
    public void OnlyWhatIsAllowedCanBeAskedFor()
    {
        Assert.Equal(["range", "uniform"], BuiltInAssignors.AllowedBy(new()).Keys.Order());
        Assert.IsType<RangeAssignor>(Assert.Single(BuiltInAssignors.AllowedBy(new() { Assignors = ["range"] })).Value);
    }
}
