using KLog.Broker.Groups;
using KLog.Broker.Groups.Consumer;
using KLog.Broker.Metadata;
using KLog.Protocol;

namespace KLog.Broker.Tests.Groups.Consumer;

/// <summary>
/// A group as Kafka 4.3.1 left it: a static member that is away, one of the consumer protocol and one of the classic, in
/// epoch 4 of a topic <c>a1</c> of four partitions.
/// </summary>
public sealed class KafkaRecordsTests
{
    private const string Away = "JXjl3qmuS0SnzwuNMsvZxA";
    private const string Consumer = "i7BxEgbOSVylsbBFAmRXHA";
    private const string Classic = "huglIl28S3a9WqBO-wOfVA";

    private static readonly string[] Records =
    [
        "000500016700164A586A6C33716D755330536E7A77754E4D73765A7841 "
        + "00000369310011636F6E736F6C652D636F6E73756D65720B2F3132372E302E302E310203613101000493E00672616E676501000100",
        "00050001670016693742784567624F5356796C73624246416D52584841 "
        + "0000000011636F6E736F6C652D636F6E73756D65720B2F3132372E302E302E310203613101000493E00001000100",
        "000700016700164A586A6C33716D755330536E7A77754E4D73765A7841 "
        + "00000222369496C881417C97500ECE33020E530300000000000000010000",
        "000500016700166875676C496C3238533361395771424F2D774F665641 "
        + "0000000011636F6E736F6C652D636F6E73756D65720B2F3132372E302E302E310203613101000493E000010058010000AFC8030672616E676519"
        + "00030000000100026131FFFFFFFF00000000FFFFFFFFFFFF0013636F6F70657261746976652D737469636B791D00030000000100026131000000"
        + "04FFFFFFFF00000000FFFFFFFFFFFF0000",
        "0003000167 0000000000040100086BF6985F6F4D46AB",
        "00070001670016693742784567624F5356796C73624246416D52584841 00000222369496C881417C97500ECE33020E5302000000030000",
        "000700016700166875676C496C3238533361395771424F2D774F665641 00000222369496C881417C97500ECE33020E5302000000020000",
        "0006000167 000000000004010008000001A20ED84D88",
        "000800016700166875676C496C3238533361395771424F2D774F665641 "
        + "00000000000400000000000222369496C881417C97500ECE33020E53020000000201000502000000040100",
        "00080001670016693742784567624F5356796C73624246416D52584841 "
        + "00000000000400000003000222369496C881417C97500ECE33020E53020000000301000502000000040100",
        "000800016700164A586A6C33716D755330536E7A77754E4D73765A7841 "
        + "0000FFFFFFFE00000003000222369496C881417C97500ECE33020E530300000000000000010100090300000000000000000100",
    ];

    private readonly GroupUnderTest _group = new();

    public KafkaRecordsTests()
    {
        Guid topic = new(Convert.FromHexString("22369496C881417C97500ECE33020E53"), bigEndian: true);
        _group.Cluster = ClusterSnapshot.Empty.With([TestCluster.Topic("a1", 4) with { Id = topic }]);
        _group.Log.Append(Records.Select(line => line.Split(' ')).Select(parts =>
            new GroupRecord(Convert.FromHexString(parts[0]), Convert.FromHexString(parts[1]))));
        _group.Reload();
    }

    [Fact]
    public void It_is_read_and_written_alike()
    {
        Assert.Equal(
            Records.Select(WithoutTime).Order(StringComparer.Ordinal),
            ConsumerGroupRecords.All(_group.Group.State, 0)
                .Select(record => WithoutTime($"{Convert.ToHexString(record.Key)} {Convert.ToHexString(record.Value!)}"))
                .Order(StringComparer.Ordinal));

        // The assignment's epoch is written with the time.
        static string WithoutTime(string record) => record.StartsWith("0006", StringComparison.Ordinal) ? record[..24] : record;
    }

    [Fact]
    public void It_goes_on_here()
    {
        Assert.Equal(("a1:3", "a1:2", "a1:0,1"), (Held(Consumer), Held(Classic), Held(Away)));
        Assert.Equal(ErrorCode.None, _group.ClassicBeat(Classic, 4));

        // Kafka hashes topics in another way: there is one epoch more.
        Assert.Equal(ErrorCode.None, _group.Beat(Consumer, 4).ErrorCode);
        Assert.Equal(5, _group.Group.State.Epoch);
        Assert.Equal(ErrorCode.RebalanceInProgress, _group.ClassicBeat(Classic, 4));
        Assert.Equal(5, _group.JoinStatic("back", "i1", "a1").MemberEpoch);
        Assert.Null(_group.Group.State.Member(Away));
    }

    private string Held(string member) => _group.Text(_group.Member(member).Assigned);
}
