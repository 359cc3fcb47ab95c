using System.Text;
using KLog.Coordination.ZooKeeper;
using KLog.Coordination.ZooKeeper.Wire;

namespace KLog.Coordination.Tests.ZooKeeper;

/// <summary>The parts that touch no socket.</summary>
public sealed class PureTests
{
    [Theory]
    [InlineData("a", "a:2181", "")]
    [InlineData("a:1,b:2", "a:1 b:2", "")]
    [InlineData(" a:1 , b/", "a:1 b:2181", "")]
    [InlineData("[::1]:7,b/k/x", "[::1]:7 b:2181", "/k/x")]
    [InlineData("10.0.0.1:2181/kafka", "10.0.0.1:2181", "/kafka")]
    public void A_connect_string_names_servers_and_a_chroot(string text, string servers, string chroot)
    {
        ConnectString parsed = ConnectString.Parse(text);
        Assert.Equal(servers, string.Join(' ', parsed.Servers));
        Assert.Equal(chroot, parsed.Chroot);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/kafka")]
    [InlineData("a:x")]
    [InlineData("a:0")]
    [InlineData("a:70000")]
    [InlineData(":2181")]
    [InlineData("a:1//x")]
    [InlineData("a:1/x/")]
    public void A_connect_string_that_is_none_says_why(string text) => Assert.Throws<FormatException>(() => ConnectString.Parse(text));

    [Fact]
    public void Digest_md5_answers_as_computed_by_hand_and_knows_the_server()
    {
        var digest = new DigestMd5(new SaslCredentials("super", "adminsecret"), "0123456789abcdef0123456789abcdef");
        string response = Encoding.UTF8.GetString(digest.Respond("realm=\"zk-sasl-md5\",nonce=\"abc\",qop=\"auth\",charset=utf-8,algorithm=md5-sess"u8));
        Assert.Contains("response=" + Response, response, StringComparison.Ordinal);
        Assert.Contains("username=\"super\",realm=\"zk-sasl-md5\",nonce=\"abc\",nc=00000001", response, StringComparison.Ordinal);
        Assert.True(digest.Accepts(Encoding.UTF8.GetBytes("rspauth=" + Verdict)));
        Assert.False(digest.Accepts("rspauth=00000000000000000000000000000000"u8));
        Assert.False(digest.Accepts(""u8));
    }

    private const string Response = "c3f7b09ad6ac87c9280c786bdd6d7586";
    private const string Verdict = "434a723778627a29761d50261b57566c";

    [Theory]
    [InlineData("")]
    [InlineData("realm=\"x\"")]
    [InlineData("nonce=\"x\",qop=\"auth-int,auth-conf\"")]
    [InlineData("nonce")]
    public void A_challenge_that_cannot_be_met_is_refused(string challenge) =>
        Assert.Throws<InvalidDataException>(() => new DigestMd5(ZooKeeperServer.User, "n").Respond(Encoding.UTF8.GetBytes(challenge)));

    [Fact]
    public void Watches_go_to_a_new_connection_in_pieces_that_a_server_takes()
    {
        var watches = new WatchRegistry();
        var seen = new Watched();
        string[] paths = [.. Enumerable.Range(0, 5000).Select(i => $"/{new string('ä', 60)}{i}")];
        foreach (string path in paths)
        {
            watches.Add(WatchKind.Data, path, seen.Add);
            watches.Add(WatchKind.Children, path, seen.Add);
        }

        watches.Add(WatchKind.Existence, "/not", seen.Add);
        byte[][] frames = [.. watches.SetWatches(42, path => "/root" + path)];
        var found = new List<string>[] { [], [], [] };
        foreach (byte[] frame in frames)
        {
            Assert.InRange(frame.Length, 1, 128 * 1024);
            var reader = new JuteReader(frame);
            Assert.Equal((frame.Length - 4, SpecialXid.SetWatches, (int)OpCode.SetWatches), (reader.Int32(), reader.Int32(), reader.Int32()));
            Assert.Equal(42, reader.Int64());
            foreach (List<string> ofKind in found)
            {
                ofKind.AddRange(reader.Texts());
            }

            Assert.True(reader.AtEnd);
        }

        Assert.Equal(paths.Select(path => "/root" + path), found[0].Order(Comparer<string>.Create((a, b) => a.Length != b.Length ? a.Length - b.Length : string.CompareOrdinal(a, b))));
        Assert.Equal(["/root/not"], found[1]);
        Assert.Equal(5000, found[2].Distinct().Count());
        Assert.Empty(new WatchRegistry().SetWatches(1, path => path));
    }

    [Theory]
    [InlineData("/brokers/ids/1", "auth: All, world:anyone Read")]
    [InlineData("/config/users/x", "auth: All")]
    [InlineData("/config/brokers", "auth: All")]
    [InlineData("/delegation_token/tokens/t", "auth: All")]
    [InlineData("/config/topics/t", "auth: All, world:anyone Read")]
    [InlineData("/consumers", "world:anyone All")]
    public void Acls_are_Kafkas(string path, string acls)
    {
        Assert.Equal(acls, string.Join(", ", NodeAcl.For(path, isSecure: true).Select(acl => $"{acl.Scheme}:{acl.Id} {acl.Permissions}")));
        Assert.Equal(new NodeAcl(NodePermissions.All, "world", "anyone"), Assert.Single(NodeAcl.For(path, isSecure: false)));
    }

    [Fact]
    public void A_round_is_over_when_every_server_was_tried()
    {
        ServerAddress[] servers = [new("a", 1), new("b", 2), new("c", 3)];
        var rounds = new ServerRounds(servers, new Random(4));
        for (int round = 0; round < 3; round++)
        {
            var tried = new List<ServerAddress>();
            for (int i = 0; i < 3; i++)
            {
                tried.Add(rounds.Next());
                Assert.Equal(i == 2, rounds.Failed());
                Assert.InRange(rounds.Delay().TotalMilliseconds, 25, 1000);
            }

            Assert.Equal(servers, tried.OrderBy(server => server.Port));
        }

        ServerAddress last = rounds.Next();
        rounds.Connected();
        Assert.False(rounds.Failed());
        Assert.NotEqual(last, rounds.Next());
        Assert.InRange(rounds.Delay().TotalMilliseconds, 25, 50);
    }

    [Fact]
    public void A_field_that_is_longer_than_its_packet_is_refused()
    {
        Assert.Throws<InvalidDataException>(() => new JuteReader([0, 0, 0]).Int32());
        Assert.Throws<InvalidDataException>(() => new JuteReader([0, 0, 0, 9, 1]).Buffer());
        Assert.Throws<InvalidDataException>(() => new JuteReader([0x7f, 0xff, 0xff, 0xff]).Texts());
        Assert.Empty(new JuteReader([0xff, 0xff, 0xff, 0xff]).Buffer());
        Assert.Equal("", new JuteReader([0, 0, 0, 0]).Text());
    }
}
