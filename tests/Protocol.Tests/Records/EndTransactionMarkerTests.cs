using KLog.Protocol.Records;

namespace KLog.Protocol.Tests.Records;

public sealed class EndTransactionMarkerTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_marker_is_written_and_read_as_a_java_broker_does(bool commit)
    {
        byte[] java = commit ? JavaVectors.Commit : JavaVectors.Abort;
        byte[] ours = new EndTransactionMarker(commit, 12).ToBatch(4242, 3, 1700000000000);
        RecordBatchFields.SetBaseOffset(ours, 99);
        RecordBatchFields.SetPartitionLeaderEpoch(ours, 6);
        Assert.Equal(java, ours);

        RecordReader records = new(new RecordBatchView(java).Body, 1);
        Assert.True(records.MoveNext());
        Assert.True(EndTransactionMarker.TryRead(records.Key, records.Value, out EndTransactionMarker marker));
        Assert.Equal(new EndTransactionMarker(commit, 12), marker);
    }

    [Theory]
    [InlineData("00000002", "000000000000")]
    [InlineData("000000", "000000000000")]
    [InlineData("00000001", "0000000000")]
    public void Another_control_record_is_no_marker(string key, string value) =>
        Assert.False(EndTransactionMarker.TryRead(Convert.FromHexString(key), Convert.FromHexString(value), out _));
}
