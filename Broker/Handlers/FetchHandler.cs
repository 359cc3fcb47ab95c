using KLog.Broker.Configuration;
using KLog.Broker.Fetching;
using KLog.Broker.Metadata;
using KLog.Broker.Replication;
using KLog.Broker.Requests;
using KLog.Broker.Storage.Files;
using KLog.Protocol;
using KLog.Protocol.Messages;

namespace KLog.Broker.Handlers;

/// <summary>
/// Fetch, versions 4 to 18. Answers with file regions, never bytes. Waits until <c>MinBytes</c> are there or
/// <c>MaxWaitMs</c> have passed, but not where a partition has an error or a divergence to tell.
/// Versions 0 to 3 would need older record formats and get UNSUPPORTED_VERSION (as KIP-283 without down-conversion);
/// 7 and up may speak of a session (KIP-227), 12 and up tell divergence (KIP-595), 13 and up name topics by id,
/// 15 and up tell the follower in a tagged field (KIP-903), 16 and up name new leaders (KIP-951).
/// </summary>
internal sealed class FetchHandler(
    PartitionLookup lookup,
    ClusterView view,
    FetchSessionCache sessions,
    ColdReads coldReads,
    LiveBrokerConfig config,
    TimeProvider time)
{
    public ValueTask<FetchResponse> HandleAsync(FetchRequest request, RequestContext context)
    {
        short version = context.ApiVersion;
        if (version < 4)
        {
            return new(RefuseOldFormat(request));
        }

        FetchPlan plan = FetchPlan.Make(request, version, sessions);
        if (plan.Error != ErrorCode.None)
        {
            return new(new FetchResponse { ErrorCode = plan.Error });
        }

        int replicaId = version >= 15 ? request.ReplicaState.ReplicaId : request.ReplicaId;
        var fetch = new Fetch(request, context, plan, replicaId, new LogReader(
            lookup, request.IsolationLevel == 1, replicaId, usesTopicIds: version >= 13));
        FetchRead read = fetch.Read(BytesMax(request), mayWait: false);
        return read.IsCold ? FinishAsync(fetch)
            : Suffices(fetch, read) ? new(Answer(fetch))
            : WaitAsync(fetch);
    }

    private static bool Suffices(Fetch fetch, in FetchRead read) =>
        fetch.Request.MaxWaitMs <= 0
        || fetch.Plan.Items.Count == 0
        || read.HasNews
        || read.Bytes >= fetch.Request.MinBytes;

    /// <summary>Reads at once what can be read at once; what needs the disk, on a thread that may wait for it.</summary>
    private ValueTask<FetchRead> ReadAsync(Fetch fetch)
    {
        int bytesMax = BytesMax(fetch.Request);
        FetchRead read = fetch.Read(bytesMax, mayWait: false);
        return read.IsCold ? new(coldReads.RunAsync(() => fetch.Read(bytesMax, mayWait: true))) : new(read);
    }

    private async ValueTask<FetchResponse> FinishAsync(Fetch fetch) =>
        Suffices(fetch, await ReadAsync(fetch)) ? Answer(fetch) : await WaitAsync(fetch);

    private int BytesMax(FetchRequest request) => Math.Min(request.MaxBytes, config.Current.FetchMaxBytes);

    private async ValueTask<FetchResponse> WaitAsync(Fetch fetch)
    {
        using var delayed = new DelayedFetch(
            TimeSpan.FromMilliseconds(fetch.Request.MaxWaitMs), time, fetch.Context.Connection.Closed);
        List<Partition> watched = [.. fetch.Reads.Select(read => read.Partition).OfType<Partition>()];
        foreach (Partition partition in watched)
        {
            partition.Watch(delayed);
        }

        try
        {
            while (true)
            {
                delayed.Rearm();
                FetchRead read = await ReadAsync(fetch);
                if (delayed.IsOver || Suffices(fetch, read))
                {
                    return Answer(fetch);
                }

                await delayed.NextAsync();
            }
        }
        finally
        {
            foreach (Partition partition in watched)
            {
                partition.Unwatch(delayed);
            }
        }
    }

    private FetchResponse Answer(Fetch fetch)
    {
        FetchPlan plan = fetch.Plan;
        FetchSession? session = plan.Session;
        if (plan.WantsSession && plan.Items.Count > 0)
        {
            session = sessions.Create(fetch.ReplicaId >= 0, fetch.Context.ApiVersion >= 13, plan.Items);
        }

        return FetchAnswer.Make(fetch.Reads, session, plan.Session is not null, fetch.Context, view.Current);
    }

    private static FetchResponse RefuseOldFormat(FetchRequest request) => new()
    {
        Responses =
        [
            .. request.Topics.Select(topic => new FetchResponse.FetchableTopicResponse
            {
                Topic = topic.Topic,
                Partitions =
                [
                    .. topic.Partitions.Select(partition => new FetchResponse.FetchableTopicResponse.PartitionData
                    {
                        PartitionIndex = partition.Partition,
                        ErrorCode = ErrorCode.UnsupportedVersion,
                        HighWatermark = -1,
                        Records = default(Protocol.Wire.Records),
                    }),
                ],
            }),
        ],
    };

    /// <summary>One fetch under way, with what it has read so far.</summary>
    private sealed record Fetch(
        FetchRequest Request, RequestContext Context, FetchPlan Plan, int ReplicaId, LogReader Reader)
    {
        public List<PartitionRead> Reads { get; } = new(Plan.Items.Count);

        /// <summary>Reads, or reads again: regions of an earlier reading are given back.</summary>
        public FetchRead Read(int bytesMax, bool mayWait)
        {
            GiveBack();
            try
            {
                return Reader.Read(Plan.Items, bytesMax, Reads, mayWait);
            }
            catch
            {
                GiveBack();
                throw;
            }
        }

        private void GiveBack()
        {
            foreach (PartitionRead read in Reads)
            {
                read.Region?.Dispose();
            }

            Reads.Clear();
        }
    }
}
