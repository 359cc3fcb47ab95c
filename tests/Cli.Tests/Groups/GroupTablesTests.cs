using KLog.Cli.Groups;
using KLog.Clients;
using KLog.Clients.Admin;
using KLog.Clients.Metadata;
using KLog.Protocol;

namespace KLog.Cli.Tests.Groups;

/// <summary>The tables, as Kafka 4.3.1 prints them but for blanks at the ends of lines.</summary>
public sealed class GroupTablesTests
{
    private static readonly Dictionary<TopicPartition, CommittedOffset> Committed = new()
    {
        [new("orders", 0)] = new(10, 3),
        [new("orders", 2)] = new(100),
        [new("lost", 0)] = new(7),
    };

    private static readonly GroupDescription Modern = new(
        "modern", GroupType.Consumer, GroupState.Reconciling, "consumer", "uniform", new BrokerNode(1, new BrokerAddress("h", 9092), null), 4, 3,
        [
            new MemberDescription("m1", null, "one", "/10.0.0.1", [new("orders", 2)], 3, [new("orders", 2), new("orders", 3), new("payments", 0)], true),
            new MemberDescription("m2", "fixed", "two", "/10.0.0.2", [new("orders", 0), new("orders", 1)], 4, [], false),
            new MemberDescription("m3", null, "three", "/10.0.0.3", [], 0, [], true),
        ]);

    private static readonly GroupDescription Classic = Modern with
    {
        Type = GroupType.Classic, State = GroupState.Empty, Assignor = "", GroupEpoch = null, AssignmentEpoch = null, Members = [],
    };

    [Fact]
    public void Offsets_come_by_member_and_then_what_none_owns() => Equal(
        """
        GROUP           TOPIC           PARTITION  CURRENT-OFFSET  LOG-END-OFFSET  LAG             CONSUMER-ID     HOST            CLIENT-ID
        modern          orders          0          10              100             90              m2              /10.0.0.2       two
        modern          orders          1          -               100             -               m2              /10.0.0.2       two
        modern          orders          2          100             100             0               m1              /10.0.0.1       one
        modern          lost            0          7               -               -               -               -               -
        """,
        GroupTables.Offsets(Modern, Committed, End, verbose: false));

    [Fact]
    public void Offsets_with_leader_epochs() => Equal(
        """
        GROUP           TOPIC           PARTITION  LEADER-EPOCH    CURRENT-OFFSET  LOG-END-OFFSET  LAG             CONSUMER-ID     HOST            CLIENT-ID
        modern          lost            0          -               7               -               -               -               -               -
        modern          orders          0          3               10              100             90              -               -               -
        modern          orders          2          -               100             100             0               -               -               -
        """,
        GroupTables.Offsets(Classic, Committed, End, verbose: true));

    [Fact]
    public void A_group_without_offsets_and_members_has_no_table_of_them() =>
        Assert.Null(GroupTables.Offsets(Classic, new Dictionary<TopicPartition, CommittedOffset>(), End, verbose: false));

    [Fact]
    public void Members() => Equal(
        """
        GROUP           CONSUMER-ID     GROUP-INSTANCE-ID HOST            CLIENT-ID       #PARTITIONS
        modern          m1                                /10.0.0.1       one             1
        modern          m2              fixed             /10.0.0.2       two             2
        modern          m3                                /10.0.0.3       three           0
        """,
        GroupTables.Members(Modern, verbose: false));

    [Fact]
    public void Members_with_epochs_and_assignments() => Equal(
        """
        GROUP           CONSUMER-ID     GROUP-INSTANCE-ID HOST            CLIENT-ID       #PARTITIONS     CURRENT-EPOCH   CURRENT-ASSIGNMENT   TARGET-EPOCH    TARGET-ASSIGNMENT     UPGRADED
        modern          m1                                /10.0.0.1       one             1               3               orders:2             3               orders:2,3;payments:0 true
        modern          m2              fixed             /10.0.0.2       two             2               4               orders:0,1           -               -                     false
        modern          m3                                /10.0.0.3       three           0               0               -                    -               -                     true
        """,
        GroupTables.Members(Modern, verbose: true));

    [Fact]
    public void Members_of_a_group_that_has_none() => Equal(
        "GROUP           CONSUMER-ID     HOST            CLIENT-ID       #PARTITIONS", GroupTables.Members(Classic, verbose: false));

    [Fact]
    public void State()
    {
        Equal(
            """
            GROUP           COORDINATOR (ID)          ASSIGNMENT-STRATEGY  STATE                #MEMBERS
            modern          h:9092  (1)               uniform              Reconciling          3
            """,
            GroupTables.State(Modern, verbose: false));
        Equal(
            """
            GROUP           COORDINATOR (ID)          ASSIGNMENT-STRATEGY  STATE                GROUP-EPOCH     TARGET-ASSIGNMENT-EPOCH   #MEMBERS
            modern          h:9092  (1)               -                    Empty                -               -                         0
            """,
            GroupTables.State(Classic, verbose: true));
    }

    [Fact]
    public void A_list_shows_what_was_asked_for()
    {
        GroupListing[] groups = [new("a-group-with-a-long-name", "consumer", GroupState.Stable, GroupType.Classic), new("b", "", GroupState.Empty, GroupType.Consumer)];
        Assert.Equal("a-group-with-a-long-name\nb\n", Listed(groups, false, false));
        Assert.Equal(
            """
            GROUP                              TYPE                 STATE
            a-group-with-a-long-name           Classic              Stable
            b                                  Consumer             Empty

            """,
            Listed(groups, true, true));
    }

    private static string Listed(GroupListing[] groups, bool type, bool state)
    {
        using StringWriter output = new() { NewLine = "\n" };
        ListCommand.Write(groups, type, state, output);
        return output.ToString();
    }

    private static long? End(TopicPartition partition) => partition.Topic == "lost" ? null : 100;

    private static void Equal(string expected, KafkaTable? table)
    {
        using StringWriter output = new() { NewLine = "\n" };
        table?.WriteTo(output);
        Assert.Equal(expected + "\n", output.ToString());
    }
}
