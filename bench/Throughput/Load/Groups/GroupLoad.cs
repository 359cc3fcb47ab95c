using System.Buffers.Binary;
using System.Net;
using KLog.Bench.Throughput.Statistics;

namespace KLog.Bench.Throughput.Load.Groups;

/// <summary>
/// Members of groups on their connections: asks what is due, and hands the answers out. One thread does it all, as long as
/// it is told to. A member's place in the list is its correlation id.
/// </summary>
internal sealed class GroupLoad : IDisposable
{
    private const long WaitMax = 100_000_000;
    private readonly MessageLane[] _lanes;
    private readonly PollSet _poll;
    private readonly List<(GroupMember Member, int Lane)> _members = [];
    private readonly PriorityQueue<int, long> _due = new();

    internal GroupLoad(IPEndPoint coordinator, int connections)
    {
        Linux.SharpenTimers();
        _lanes = [.. Enumerable.Range(0, connections).Select(_ => new MessageLane(coordinator))];
        _poll = new PollSet([.. _lanes.Select(lane => lane.Descriptor)]);
    }

    /// <summary>Answers so far.</summary>
    internal long Answers { get; private set; }

    /// <summary>Where waits for answers are recorded, in nanoseconds; null for nowhere.</summary>
    internal LatencyHistogram? Waits { get; set; }

    /// <summary>Puts a member on a connection; several may share one.</summary>
    internal void Add(GroupMember member, int lane)
    {
        _members.Add((member, lane));
        Schedule(_members.Count - 1);
    }

    /// <summary>Has a member looked at again whose time was changed from outside.</summary>
    internal void Wake(GroupMember member) => Schedule(_members.FindIndex(each => each.Member == member));

    /// <summary>Lives for a while.</summary>
    internal void Run(TimeSpan time, CancellationToken cancellation)
    {
        long end = LoadClock.Now + LoadClock.Nanoseconds(time);
        while (LoadClock.Now < end)
        {
            Turn(end, cancellation);
        }
    }

    /// <summary>Lives until something has come about, which is looked at after all answers that came together.</summary>
    internal void RunUntil(Func<bool> isDone, TimeSpan timeMax, string reason, CancellationToken cancellation)
    {
        long giveUp = LoadClock.Now + LoadClock.Nanoseconds(timeMax);
        while (!isDone())
        {
            if (LoadClock.Now > giveUp)
            {
                throw new LoadException(reason);
            }

            Turn(giveUp, cancellation);
        }
    }

    public void Dispose()
    {
        foreach (MessageLane lane in _lanes)
        {
            lane.Dispose();
        }

        _poll.Dispose();
    }

    private void Schedule(int index)
    {
        if (_members[index].Member.DueAt != GroupMember.Never)
        {
            _due.Enqueue(index, _members[index].Member.DueAt);
        }
    }

    private void Turn(long until, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        long now = LoadClock.Now;
        while (_due.TryPeek(out int index, out long dueAt) && dueAt <= now)
        {
            _due.Dequeue();
            (GroupMember member, int lane) = _members[index];
            if (member.DueAt == dueAt)
            {
                _lanes[lane].Send(member.Ask(now, index));
                _lanes[lane].Flush();
                _poll.WatchForRoom(lane, _lanes[lane].IsBlocked);
            }
        }

        until = _due.TryPeek(out _, out long nextAt) ? Math.Min(until, nextAt) : until;
        _poll.Wait(Math.Clamp(until - LoadClock.Now, 0, WaitMax));
        now = LoadClock.Now;
        for (int i = 0; i < _lanes.Length; i++)
        {
            if (_poll.CanReceive(i))
            {
                _lanes[i].Receive(answer => Take(answer, now));
            }

            if (_poll.CanSend(i))
            {
                _lanes[i].Flush();
                _poll.WatchForRoom(i, _lanes[i].IsBlocked);
            }
        }
    }

    private void Take(Memory<byte> answer, long now)
    {
        int index = BinaryPrimitives.ReadInt32BigEndian(answer.Span);
        GroupMember member = _members[index].Member;
        Waits?.Record(now - member.AskedAt);
        Answers++;
        member.Take(answer, now);
        Schedule(index);
    }
}
