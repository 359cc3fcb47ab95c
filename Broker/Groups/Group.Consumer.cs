using KLog.Broker.Groups.Classic;
using KLog.Broker.Groups.Consumer;
using KLog.Protocol;
using KLog.Protocol.Messages;

namespace KLog.Broker.Groups;

/// <content>The consumer protocol (KIP-848), and the way from one protocol to the other.</content>
internal sealed partial class Group
{
    /// <summary>A member joins, lives, or leaves. The answer is made before the event ends.</summary>
    public void ConsumerHeartbeat(
        ConsumerGroupHeartbeatRequest request, short version, ClientOrigin origin, long nowMs, GroupEffects effects, Action<ConsumerGroupHeartbeatResponse> answer)
    {
        if (Consumer is { } consumer)
        {
            Outcome<ConsumerGroupHeartbeatResponse> outcome = consumer.Heartbeat(request, version, origin, world.ContextOf(Id, nowMs));
            Carry(outcome, [], nowMs, effects, answer, Failed);
        }
        else
        {
            Upgrade(request, version, origin, nowMs, effects, answer);
        }
    }

    /// <summary>Null for a group that is not a consumer group.</summary>
    public ConsumerGroupDescribeResponse.DescribedGroup? DescribeConsumer() =>
        Consumer?.Describe(world.View.Current, world.ConsumerSettings(Id));

    /// <summary>The first member that speaks the consumer protocol takes the whole group over, if it may.</summary>
    private void Upgrade(
        ConsumerGroupHeartbeatRequest request, short version, ClientOrigin origin, long nowMs, GroupEffects effects, Action<ConsumerGroupHeartbeatResponse> answer)
    {
        GroupContext context = world.ContextOf(Id, nowMs);
        if (request.MemberEpoch != 0 || _classic.State == ClassicGroupState.Dead)
        {
            answer(new ConsumerGroupHeartbeatResponse { ErrorCode = ErrorCode.GroupIdNotFound, ErrorMessage = $"Consumer group {Id} not found." });
            return;
        }

        Refusal? refusal = null;
        GroupUpgrade? upgrade = IsUnwritten
            ? new GroupUpgrade(NewConsumer(), [])
            : ConsumerGroup.FromClassic(_classic.Facts(), world.Assignors, world.NewMemberId, context, out refusal);
        if (upgrade is null)
        {
            answer(new ConsumerGroupHeartbeatResponse { ErrorCode = refusal!.Error, ErrorMessage = refusal.Message });
            return;
        }

        Outcome<ConsumerGroupHeartbeatResponse> outcome = upgrade.Group.Heartbeat(request, version, origin, context);
        if (outcome.Change is null)
        {
            answer(outcome.Response);
            return;
        }

        effects.Write([.. upgrade.Records, .. outcome.Change.Records], error =>
        {
            if (error == ErrorCode.None)
            {
                upgrade.Group.Accept(outcome.Change);
                _classic.Die(ErrorCode.RebalanceInProgress, nowMs, effects);
                _classic = new ClassicGroup(Id, world.Settings());
                Consumer = upgrade.Group;
            }

            answer(error == ErrorCode.None ? outcome.Response : Failed(WriteErrors.ToClient(error)));
        });
    }

    private static ConsumerGroupHeartbeatResponse Failed(ErrorCode error) => new() { ErrorCode = error };

    private void Carry<T>(
        in Outcome<T> outcome, IReadOnlyList<GroupRecord> before, long nowMs, GroupEffects effects, Action<T> answer, Func<ErrorCode, T> failed)
    {
        T response = outcome.Response;
        if (outcome.Change is { } change)
        {
            Write(before, change, nowMs, effects, error => answer(error == ErrorCode.None ? response : failed(WriteErrors.ToClient(error))));
        }
        else
        {
            answer(response);
        }
    }

    /// <summary>Writes a change, which holds from then on. A downgrade makes the group a classic one with it.</summary>
    private void Write(IReadOnlyList<GroupRecord> before, GroupChange change, long nowMs, GroupEffects effects, Action<ErrorCode> then)
    {
        ClassicGroup? classic = change.Downgrade is { } downgrade ? ClassicGroup.From(downgrade.Facts, world.Settings(), nowMs) : null;
        IEnumerable<GroupRecord> after = classic is null ? [] : [classic.Record()];
        effects.Write([.. before, .. change.Records, .. after], error =>
        {
            if (error == ErrorCode.None)
            {
                Consumer!.Accept(change);
                if (classic is not null)
                {
                    Consumer = null;
                    _classic = classic;
                    if (change.Downgrade!.IsRebalanceDue)
                    {
                        classic.Rebalance(nowMs, effects);
                    }
                }
            }

            then(error);
        });
    }
}
