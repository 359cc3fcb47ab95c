using System.Globalization;
using System.Text;
using KLog.Broker.Groups;
using KLog.Broker.Groups.Classic;
using KLog.Protocol;
using KLog.Protocol.Groups;
using KLog.Protocol.Messages;
using KLog.Protocol.Wire;

namespace KLog.Broker.Tests.Groups.Classic;

/// <summary>
/// Plays a script on a classic group, and writes down what comes out: lines with a <c>&gt;</c> are what clients do, the
/// others what they are told, what is written, and the state that follows. A test compares the whole.
/// <code>
/// &gt; join NAME [key=value…]    keys: id, instance, type, protocols, session, rebalance, version
/// &gt; sync NAME                the leader gives each member its number in the alphabet
/// &gt; heartbeat NAME | leave NAME | commit NAME
/// &gt; time MILLISECONDS | refuse ERROR (the next write)
/// </code>
/// </summary>
internal sealed class ClassicTranscript(GroupSettings? settings = null)
{
    private readonly Dictionary<string, Client> _clients = [];
    private readonly StringBuilder _out = new();
    private readonly List<(string Name, Task Answer, Func<string> Tell)> _waiting = [];
    private readonly Queue<ErrorCode> _refusals = new();
    private ClassicGroupState _told = ClassicGroupState.Empty;
    private int _ids;
    private long _nowMs;

    private ClassicGroup Group { get; } = new("g", settings ?? new GroupSettings());

    public static void Check(string transcript, GroupSettings? settings = null)
    {
        ClassicTranscript played = new(settings);
        foreach (string line in transcript.Split('\n').Where(line => line.StartsWith('>')))
        {
            played.Play(line);
        }

        Assert.Equal(transcript.ReplaceLineEndings("\n").Trim(), played._out.ToString().Trim());
    }

    private void Play(string line)
    {
        _out.Append(line).Append('\n');
        string[] words = line[1..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        GroupEffects effects = new();
        switch (words[0])
        {
            case "time":
                Advance(long.Parse(words[1], CultureInfo.InvariantCulture));
                break;
            case "refuse":
                _refusals.Enqueue(Enum.Parse<ErrorCode>(words[1]));
                break;
            default:
                Act(words, effects);
                break;
        }

        CarryOut(effects);
    }

    private void Act(string[] words, GroupEffects effects)
    {
        string name = words[1];
        Client client = _clients.TryGetValue(name, out Client? known) ? known : _clients[name] = new Client();
        Dictionary<string, string> given = words.Skip(2).Select(word => word.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
        switch (words[0])
        {
            case "join":
                Join(name, client, given, effects);
                break;
            case "sync":
                Sync(name, client, given, effects);
                break;
            case "heartbeat":
                Say(name, Group.Heartbeat(client.MemberId, client.Instance, client.Generation, _nowMs));
                break;
            case "leave":
                Say(name, Group.Leave(client.MemberId, client.Instance, _nowMs, effects));
                break;
            case "commit":
                Say(name, Group.CheckCommit(client.MemberId, client.Instance, client.Generation, isTransactional: false, _nowMs));
                break;
            default:
                throw new ArgumentException($"no such command: {words[0]}");
        }
    }

    private void Join(string name, Client client, Dictionary<string, string> given, GroupEffects effects)
    {
        client.MemberId = given.GetValueOrDefault("id", client.MemberId);
        client.Instance = given.GetValueOrDefault("instance", client.Instance!);
        JoinGroupRequest join = new()
        {
            MemberId = client.MemberId,
            GroupInstanceId = client.Instance,
            ProtocolType = given.GetValueOrDefault("type", "consumer"),
            SessionTimeoutMs = Number(given, "session", 10_000),
            RebalanceTimeoutMs = Number(given, "rebalance", 60_000),
            Protocols =
            [
                .. given.GetValueOrDefault("protocols", "range").Split(',').Select(each =>
                    new JoinGroupRequest.JoinGroupRequestProtocol { Name = each, Metadata = Encoding.UTF8.GetBytes($"{name} {each}") }),
            ],
        };
        TaskCompletionSource<JoinGroupResponse> reply = new();
        _waiting.Add((name, reply.Task, () => Told(client, reply.Task.Result)));
        string newId = client.MemberId.Length == 0 ? $"m{++_ids}" : "";
        Group.Join(join, new ClientOrigin(name, "/host"), newId, (short)Number(given, "version", 9), reply, _nowMs, effects);
    }

    private void Sync(string name, Client client, Dictionary<string, string> given, GroupEffects effects)
    {
        bool isLeader = Group.Leader == client.MemberId;
        SyncGroupRequest sync = new()
        {
            MemberId = client.MemberId,
            GroupInstanceId = client.Instance,
            GenerationId = Number(given, "generation", client.Generation),
            ProtocolType = "consumer",
            ProtocolName = given.GetValueOrDefault("protocol", Group.Protocol!),
            Assignments = isLeader
                ?
                [
                    .. Group.Members.Select(each => each.Id).Order(StringComparer.Ordinal).Select((id, i) =>
                        new SyncGroupRequest.SyncGroupRequestAssignment { MemberId = id, Assignment = Encoding.UTF8.GetBytes($"p{i}") }),
                ]
                : [],
        };
        TaskCompletionSource<SyncGroupResponse> reply = new();
        _waiting.Add((name, reply.Task, () => reply.Task.Result is { ErrorCode: ErrorCode.None } synced
            ? $"synced: {Encoding.UTF8.GetString(synced.Assignment.Span)}"
            : $"sync: {reply.Task.Result.ErrorCode}"));
        Group.Sync(sync, reply, _nowMs, effects);
    }

    private static string Told(Client client, JoinGroupResponse answer)
    {
        if (answer.ErrorCode == ErrorCode.MemberIdRequired)
        {
            client.MemberId = answer.MemberId;
        }

        if (answer.ErrorCode != ErrorCode.None)
        {
            return $"join: {answer.ErrorCode} {answer.MemberId}".TrimEnd();
        }

        client.MemberId = answer.MemberId;
        client.Generation = answer.GenerationId;
        string members = string.Join(' ', answer.Members.Select(each => each.MemberId));
        return $"joined {answer.GenerationId} as {answer.MemberId}, leader {answer.Leader}, {answer.ProtocolName}"
            + (answer.SkipAssignment ? ", skips the assignment" : "")
            + (members.Length > 0 ? $": {members}" : "");
    }

    /// <summary>Goes on from deadline to deadline, as the shard's timer does.</summary>
    private void Advance(long milliseconds)
    {
        long until = _nowMs + milliseconds;
        while (Group.NextDeadlineMs <= until)
        {
            _nowMs = Math.Max(_nowMs, Group.NextDeadlineMs);
            GroupEffects effects = new();
            Group.Tick(_nowMs, effects);
            CarryOut(effects);
        }

        _nowMs = until;
    }

    private void CarryOut(GroupEffects effects)
    {
        effects.WriteAll(records =>
        {
            ErrorCode outcome = _refusals.TryDequeue(out ErrorCode refusal) ? refusal : ErrorCode.None;
            foreach (GroupRecord record in records)
            {
                GroupMetadataValue value = Versioned.ReadKnown<GroupMetadataValue>(record.Value!);
                string members = string.Join(' ', value.Members.Select(each => $"{each.MemberId}={Encoding.UTF8.GetString(each.Assignment.Span)}"));
                Line($"{(outcome == ErrorCode.None ? "wrote" : $"did not write ({outcome})")} {value.Generation} {value.Protocol ?? "-"} {members}".TrimEnd());
            }

            return outcome;
        });
        effects.SendAnswers();
        foreach ((string name, Task answer, Func<string> tell) in _waiting.Where(each => each.Answer.IsCompleted).ToArray())
        {
            Line($"{name} {tell()}");
        }

        _waiting.RemoveAll(each => each.Answer.IsCompleted);
        if (Group.State != _told)
        {
            _told = Group.State;
            Line($"[{_told}]");
        }
    }

    private void Say(string name, ErrorCode outcome) => Line($"{name} {outcome}");

    private void Line(string text) => _out.Append(text).Append('\n');

    private static int Number(Dictionary<string, string> given, string name, int otherwise) =>
        given.TryGetValue(name, out string? value) ? int.Parse(value, CultureInfo.InvariantCulture) : otherwise;

    private sealed class Client
    {
        public string MemberId { get; set; } = "";

        public string? Instance { get; set; }

        public int Generation { get; set; } = -1;
    }
}
