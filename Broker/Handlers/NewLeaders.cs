using KLog.Broker.Metadata;
using KLog.Protocol;
using KLog.Protocol.Messages;

namespace KLog.Broker.Handlers;

/// <summary>◆ Tells producers who leads the partitions that this broker does not (KIP-951).</summary>
internal static class NewLeaders
{
    public static void Name(
        ProduceResponse response, ProduceRequest request, ClusterSnapshot cluster, string listenerName)
    {
        HashSet<int> leaders = [];
        for (int t = 0; t < response.Responses.Length; t++)
        {
            ProduceRequest.TopicProduceData asked = request.TopicData[t];
            TopicState? topic = cluster.Topic(asked.Name) ?? cluster.Topic(asked.TopicId);
            foreach (var answer in response.Responses[t].PartitionResponses)
            {
                if (answer.ErrorCode == ErrorCode.NotLeaderOrFollower && topic?.Partitions.Count > answer.Index)
                {
                    PartitionState state = topic.Partitions[answer.Index];
                    answer.CurrentLeader = new() { LeaderId = state.Leader, LeaderEpoch = state.LeaderEpoch };
                    leaders.Add(state.Leader);
                }
            }
        }

        response.NodeEndpoints =
        [
            .. from broker in cluster.Brokers
               where leaders.Contains(broker.Id) && broker.Endpoint(listenerName) is not null
               let endpoint = broker.Endpoint(listenerName)!.Value
               select new ProduceResponse.NodeEndpoint
               {
                   NodeId = broker.Id,
                   Host = endpoint.Host,
                   Port = endpoint.Port,
                   Rack = broker.Rack,
               },
        ];
    }
}
