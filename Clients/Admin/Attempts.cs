using KLog.Clients.Errors;
using KLog.Clients.Metadata;

namespace KLog.Clients.Admin;

/// <summary>One round of an operation: some keys, each with its answer of this round.</summary>
internal delegate Task<IEnumerable<KeyValuePair<TKey, AdminResult<TValue>>>> Attempt<TKey, TValue>(
    IReadOnlyList<TKey> keys, CancellationToken cancellation);

/// <summary>
/// Asks again for those keys that got a retriable error or no answer, with growing pauses, until the operation's time is
/// up. What another try cannot cure is an answer; an error that concerns no single key is thrown.
/// </summary>
internal sealed class Attempts(ClientOptions options, TimeProvider time)
{
    /// <param name="what">The operation, for the message when its time is up.</param>
    public async Task<Dictionary<TKey, AdminResult<TValue>>> RunAsync<TKey, TValue>(
        string what, IEnumerable<TKey> keys, Attempt<TKey, TValue> attempt, CancellationToken cancellation)
        where TKey : notnull
    {
        using CancellationTokenSource limit = new(options.ApiTimeout, time);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        Dictionary<TKey, AdminResult<TValue>> answers = [];
        List<TKey> open = [.. keys.Distinct()];
        TimeSpan pause = options.RetryBackoff;
        try
        {
            while (open.Count > 0)
            {
                foreach ((TKey key, AdminResult<TValue> answer) in await TryAsync(attempt, open, both.Token))
                {
                    answers[key] = answer;
                }

                open.RemoveAll(key => answers.TryGetValue(key, out AdminResult<TValue> answer) && answer.Error is not { IsRetriable: true });
                if (open.Count > 0)
                {
                    await Task.Delay(pause, time, both.Token);
                    pause = pause * 2 < options.RetryBackoffMax ? pause * 2 : options.RetryBackoffMax;
                }
            }
        }
        catch (OperationCanceledException waiting) when (limit.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            foreach (TKey key in open)
            {
                Exception last = answers.GetValueOrDefault(key).Error ?? (Exception)waiting;
                answers[key] = new AdminResult<TValue>(new OperationTimeoutException(what, options.ApiTimeout, last));
            }
        }

        return answers;
    }

    /// <summary>The same for an operation of one piece.</summary>
    public async Task<T> RunAsync<T>(string what, Func<CancellationToken, Task<T>> attempt, CancellationToken cancellation)
    {
        Dictionary<Done, AdminResult<T>> answers = await RunAsync<Done, T>(
            what,
            [default],
            async (_, token) => [new(default, new AdminResult<T>(await attempt(token)))],
            cancellation);
        return answers[default].Value;
    }

    /// <summary>
    /// Asks each broker for its keys, all brokers at once. A broker that cannot be reached is an error of its keys alone;
    /// a key without a broker keeps the error it came with.
    /// </summary>
    public static async Task<IEnumerable<KeyValuePair<TKey, AdminResult<TValue>>>> ByBrokerAsync<TKey, TValue>(
        IReadOnlyDictionary<TKey, AdminResult<BrokerNode>> located,
        Func<BrokerNode, IReadOnlyList<TKey>, Task<IEnumerable<KeyValuePair<TKey, AdminResult<TValue>>>>> ask)
        where TKey : notnull
    {
        List<KeyValuePair<TKey, AdminResult<TValue>>> answers = [];
        Dictionary<BrokerNode, List<TKey>> byBroker = [];
        foreach ((TKey key, AdminResult<BrokerNode> place) in located)
        {
            if (!place.TryGet(out BrokerNode? broker))
            {
                answers.Add(new(key, new AdminResult<TValue>(place.Error!)));
            }
            else if (byBroker.TryGetValue(broker, out List<TKey>? keys))
            {
                keys.Add(key);
            }
            else
            {
                byBroker.Add(broker, [key]);
            }
        }

        var asked = byBroker.Select(each => TryAsync((keys, _) => ask(each.Key, keys), each.Value, CancellationToken.None));
        foreach (IEnumerable<KeyValuePair<TKey, AdminResult<TValue>>> some in await Task.WhenAll(asked))
        {
            answers.AddRange(some);
        }

        return answers;
    }

    private static async Task<IEnumerable<KeyValuePair<TKey, AdminResult<TValue>>>> TryAsync<TKey, TValue>(
        Attempt<TKey, TValue> attempt, IReadOnlyList<TKey> keys, CancellationToken cancellation)
    {
        try
        {
            return await attempt(keys, cancellation);
        }
        catch (KafkaException error) when (error.IsRetriable)
        {
            return keys.Select(key => KeyValuePair.Create(key, new AdminResult<TValue>(error))).ToArray();
        }
    }
}
