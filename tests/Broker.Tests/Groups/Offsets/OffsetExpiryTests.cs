using KLog.Broker.Groups.Offsets;
using KLog.Protocol;

namespace KLog.Broker.Tests.Groups.Offsets;

/// <summary>When an offset is no longer needed (KIP-211); retention is 100, now is 1000.</summary>
public sealed class OffsetExpiryTests
{
    private static readonly TopicPartition T0 = new("t", 0);

    /// <summary>emptySince: "-" while the group has members; subscribed: "t", "other", or "?" for not known.</summary>
    [Theory]
    [InlineData("900", true, "?", 500, -1, true)] // empty for long enough
    [InlineData("901", true, "?", 500, -1, false)] // not yet
    [InlineData("500", true, "?", 901, -1, false)] // committed by hand since
    [InlineData("-1", true, "?", 900, -1, true)] // an old record, that does not say since when
    [InlineData("-", true, "t", 500, -1, false)] // in use
    [InlineData("-", true, "other", 500, -1, true)] // of a topic that is not subscribed to any more
    [InlineData("-", true, "other", 901, -1, false)]
    [InlineData("-", true, "?", 500, -1, false)] // members whose subscription is not known
    [InlineData("900", false, "?", 901, -1, false)] // no members ever: by the commit alone
    [InlineData("950", false, "?", 900, -1, true)]
    [InlineData("990", true, "?", 990, 1000, true)] // by its own time (requests before Kafka 2.1)
    [InlineData("500", true, "?", 500, 1001, false)]
    [InlineData("-", true, "t", 500, 600, false)] // but never one in use
    public void An_offset_expires(string emptySince, bool everMembers, string subscribed, long committedAt, long expiresAt, bool isExpired)
    {
        GroupOffsets offsets = new();
        offsets.Commit(T0, new CommittedOffset(7, -1, "", committedAt, expiresAt));
        OffsetExpiry expiry = new(
            100,
            emptySince == "-" ? null : long.Parse(emptySince, System.Globalization.CultureInfo.InvariantCulture),
            everMembers,
            subscribed == "?" ? null : topic => topic == subscribed);
        Assert.Equal(isExpired ? [T0] : [], expiry.Expired(offsets, 1000));
    }

    [Fact]
    public void One_that_a_transaction_is_about_to_change_does_not()
    {
        GroupOffsets offsets = new();
        offsets.Commit(T0, new CommittedOffset(7, -1, "", 0));
        offsets.CommitPending(1, T0, new CommittedOffset(8, -1, "", 0));
        Assert.Empty(new OffsetExpiry(100, 0, true, null).Expired(offsets, 1000));
    }

    [Fact]
    public void A_transactions_offsets_hold_when_it_commits_unless_a_later_commit_came_between()
    {
        GroupOffsets offsets = new();
        offsets.CommitPending(1, T0, new CommittedOffset(8, -1, "", 0, RecordOffset: 10));
        Assert.Null(offsets.Find(T0));
        Assert.True(offsets.IsUnstable(T0));
        offsets.EndTransaction(1, isCommit: true);
        Assert.Equal(8, offsets.Find(T0)!.Value.Offset);
        Assert.False(offsets.HasPending);

        offsets.CommitPending(1, T0, new CommittedOffset(9, -1, "", 0, RecordOffset: 11));
        offsets.Commit(T0, new CommittedOffset(20, -1, "", 0, RecordOffset: 12));
        offsets.EndTransaction(1, isCommit: true);
        Assert.Equal(20, offsets.Find(T0)!.Value.Offset);

        offsets.CommitPending(1, T0, new CommittedOffset(30, -1, "", 0, RecordOffset: 13));
        offsets.EndTransaction(1, isCommit: false);
        Assert.Equal(20, offsets.Find(T0)!.Value.Offset);
    }
}
