using System.Text;
using KLog.Broker.Groups;
using KLog.Broker.Groups.Classic;
using KLog.Protocol;
using KLog.Protocol.Groups;
using KLog.Protocol.Messages;
using KLog.Protocol.Wire;

namespace KLog.Broker.Tests.Groups.Classic;

/// <summary>
/// Random schedules: members come, go, fall silent, lose answers, and writes fail. One generation has one assignment, in it
/// no partition has two owners, generations only grow, nobody who asks is left without an answer for longer than the
/// time-outs allow, and when the trouble ends all that are alive share everything.
/// </summary>
public sealed class ClassicScheduleTests
{
    private const int PartitionCount = 12;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 60)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Promises_hold_under_any_schedule(int seed)
    {
        Schedule schedule = new(seed);
        for (int step = 0; step < 400; step++)
        {
            schedule.Step();
        }

        schedule.Settle();
    }

    private sealed class Schedule(int seed)
    {
        private readonly Random _random = new(seed);
        private readonly List<Member> _members = [];
        private readonly Dictionary<int, Dictionary<string, string>> _assignments = [];
        private readonly ClassicGroup _group = new("g", new GroupSettings { InitialRebalanceDelayMs = 500 });
        private double _refuses = 0.1;
        private int _generation;
        private int _ids;
        private long _nowMs;

        public void Step()
        {
            switch (_random.Next(12))
            {
                case 0 when _members.Count < 8:
                    _members.Add(new Member { Name = $"c{_ids++}", IsStatic = _random.Next(3) == 0 });
                    break;
                case 1 when _members.Count > 0:
                    _members.RemoveAt(_random.Next(_members.Count)); // killed
                    break;
                case 2 when _members.Count > 0:
                    Leave(_members[_random.Next(_members.Count)]);
                    break;
                case 3 when _members.Count > 0:
                    Restart(_members[_random.Next(_members.Count)]);
                    break;
                case 4 or 5:
                    Advance(_random.Next(4_000));
                    break;
                default:
                    if (_members.Count > 0)
                    {
                        Act(_members[_random.Next(_members.Count)]);
                    }

                    break;
            }

            Check();
        }

        /// <summary>No more trouble: every member does what it should for as long as the time-outs may take.</summary>
        public void Settle()
        {
            _refuses = 0;
            for (int round = 0; round < 400; round++)
            {
                foreach (Member member in _members)
                {
                    Act(member);
                }

                Advance(500);
                Check();
            }

            Assert.All(_members, member => Assert.True(member.Partitions is not null, $"seed {seed}: {member.Name} has no assignment in the end, the group is {_group.State}"));
            if (_members.Count > 0)
            {
                Assert.Equal(ClassicGroupState.Stable, _group.State);
                Assert.Equal(_members.Count, _group.Members.Count);
                Assert.Equal(PartitionCount, _members.Sum(each => each.Partitions!.Split(',', StringSplitOptions.RemoveEmptyEntries).Length));
            }
        }

        /// <summary>What a client does next: join, sync, or a heartbeat; an answer may be lost on the way.</summary>
        private void Act(Member member)
        {
            if (member.Joining is { } joining)
            {
                if (joining.IsCompleted)
                {
                    member.Joining = null;
                    Joined(member, joining.Result);
                }
                else if (_nowMs > member.AskedMs + 200_000)
                {
                    Assert.Fail($"seed {seed}: {member.Name} was never answered");
                }
            }
            else if (member.Syncing is { } syncing)
            {
                if (syncing.IsCompleted)
                {
                    member.Syncing = null;
                    Synced(member, syncing.Result);
                }
            }
            else if (member.Partitions is null)
            {
                Join(member);
            }
            else
            {
                Beat(member);
            }
        }

        private void Join(Member member)
        {
            TaskCompletionSource<JoinGroupResponse> reply = new();
            JoinGroupRequest join = new()
            {
                MemberId = member.Id,
                GroupInstanceId = member.IsStatic ? member.Name : null,
                ProtocolType = "consumer",
                SessionTimeoutMs = 10_000,
                RebalanceTimeoutMs = 15_000,
                Protocols = [new JoinGroupRequest.JoinGroupRequestProtocol { Name = "range" }],
            };
            member.Joining = reply.Task;
            member.AskedMs = _nowMs;
            Run(effects => _group.Join(join, new ClientOrigin(member.Name, "/h"), $"m{_ids++}", 9, reply, _nowMs, effects));
        }

        private void Joined(Member member, JoinGroupResponse answer)
        {
            if (_refuses > 0 && _random.Next(10) == 0)
            {
                return; // lost: it joins again with what it had
            }

            if (answer.ErrorCode == ErrorCode.MemberIdRequired)
            {
                member.Id = answer.MemberId;
            }
            else if (answer.ErrorCode is ErrorCode.UnknownMemberId or ErrorCode.FencedInstanceId)
            {
                member.Id = "";
            }
            else if (answer.ErrorCode == ErrorCode.None)
            {
                Assert.True(answer.GenerationId > 0);
                member.Id = answer.MemberId;
                member.Generation = answer.GenerationId;
                Sync(member, answer);
            }
        }

        private void Sync(Member member, JoinGroupResponse joined)
        {
            TaskCompletionSource<SyncGroupResponse> reply = new();
            member.Syncing = reply.Task;
            string[] members = [.. joined.Members.Select(each => each.MemberId).Order(StringComparer.Ordinal)];
            bool assigns = joined.Leader == member.Id && !joined.SkipAssignment;
            SyncGroupRequest sync = new()
            {
                MemberId = member.Id,
                GroupInstanceId = member.IsStatic ? member.Name : null,
                GenerationId = member.Generation,
                Assignments = assigns
                    ?
                    [
                        .. members.Select((id, i) => new SyncGroupRequest.SyncGroupRequestAssignment
                        {
                            MemberId = id,
                            Assignment = Encoding.UTF8.GetBytes(string.Join(',', Enumerable.Range(0, PartitionCount).Where(p => p % members.Length == i))),
                        }),
                    ]
                    : [],
            };
            Run(effects => _group.Sync(sync, reply, _nowMs, effects));
        }

        private void Synced(Member member, SyncGroupResponse answer)
        {
            if (answer.ErrorCode == ErrorCode.None)
            {
                member.Partitions = Encoding.UTF8.GetString(answer.Assignment.Span);
                Dictionary<string, string> told = _assignments.TryGetValue(member.Generation, out Dictionary<string, string>? known) ? known : _assignments[member.Generation] = [];
                string who = member.IsStatic ? member.Name : member.Id;
                Assert.True(!told.TryGetValue(who, out string? before) || before == member.Partitions, $"seed {seed}: {member.Name} was told two assignments in generation {member.Generation}");
                told[who] = member.Partitions;
                string[] owned = [.. told.Values.SelectMany(each => each.Split(',', StringSplitOptions.RemoveEmptyEntries))];
                Assert.True(owned.Distinct().Count() == owned.Length, $"seed {seed}: a partition has two owners in generation {member.Generation}");
            }
            else if (answer.ErrorCode is ErrorCode.UnknownMemberId or ErrorCode.FencedInstanceId)
            {
                member.Id = "";
            }
        }

        private void Beat(Member member)
        {
            ErrorCode answer = _group.Heartbeat(member.Id, member.IsStatic ? member.Name : null, member.Generation, _nowMs);
            if (answer is ErrorCode.UnknownMemberId or ErrorCode.FencedInstanceId)
            {
                member.Id = "";
            }

            if (answer == ErrorCode.None)
            {
                Assert.True(_group.State is ClassicGroupState.Stable or ClassicGroupState.CompletingRebalance, $"seed {seed}: all is well in state {_group.State}");
                Assert.True(_group.Members.Any(each => each.Id == member.Id), $"seed {seed}: {member.Name} was lost, and is told that all is well");
            }
            else
            {
                member.Partitions = null;
            }
        }

        private void Leave(Member member)
        {
            Run(effects => _group.Leave(member.Id, member.IsStatic ? member.Name : null, _nowMs, effects));
            _members.Remove(member);
        }

        /// <summary>A static member comes back as another.</summary>
        private static void Restart(Member member)
        {
            member.Id = "";
            member.Partitions = null;
            member.Joining = null;
            member.Syncing = null;
        }

        private void Advance(long milliseconds)
        {
            long until = _nowMs + milliseconds;
            while (_group.NextDeadlineMs <= until)
            {
                long before = _nowMs;
                _nowMs = Math.Max(_nowMs, _group.NextDeadlineMs);
                Run(effects => _group.Tick(_nowMs, effects));
                Assert.True(_nowMs > before || _group.NextDeadlineMs > _nowMs, $"seed {seed}: time stands still");
            }

            _nowMs = until;
        }

        private void Run(Action<GroupEffects> work)
        {
            GroupEffects effects = new();
            work(effects);
            effects.WriteAll(records =>
            {
                bool isRefused = _random.NextDouble() < _refuses;
                if (!isRefused)
                {
                    Reload(records[^1]);
                }

                return isRefused ? ErrorCode.NotEnoughReplicas : ErrorCode.None;
            });
            effects.SendAnswers();
        }

        /// <summary>What was written makes the same group again.</summary>
        private void Reload(GroupRecord record)
        {
            ClassicGroup loaded = new("g", new GroupSettings());
            loaded.Load(Versioned.ReadKnown<GroupMetadataValue>(record.Value!));
            Assert.Equal(_group.Generation, loaded.Generation);
            Assert.Equal(_group.Members.Select(each => each.Id).Order(), loaded.Members.Select(each => each.Id).Order());
        }

        private void Check()
        {
            Assert.True(_group.Generation >= _generation, $"seed {seed}: the generation went back");
            _generation = _group.Generation;
        }

        private sealed class Member
        {
            public required string Name { get; init; }

            public bool IsStatic { get; init; }

            public string Id { get; set; } = "";

            public int Generation { get; set; } = -1;

            public string? Partitions { get; set; }

            public Task<JoinGroupResponse>? Joining { get; set; }

            public Task<SyncGroupResponse>? Syncing { get; set; }

            public long AskedMs { get; set; }
        }
    }
}
