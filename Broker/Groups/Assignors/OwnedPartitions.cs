namespace KLog.Broker.Groups.Assignors;

/// <summary>◆ Each member's partitions in ascending order, as they were when this was made.</summary>
internal sealed class OwnedPartitions
{
    /// <summary>By member, and at the end where all end.</summary>
    private readonly int[] _begin;
    private readonly int[] _partitions;

    /// <param name="owners">By partition; -1 is nobody.</param>
    public OwnedPartitions(int[] owners, int members)
    {
        _begin = new int[members + 1];
        foreach (int owner in owners)
        {
            if (owner >= 0)
            {
                _begin[owner + 1]++;
            }
        }

        for (int member = 0; member < members; member++)
        {
            _begin[member + 1] += _begin[member];
        }

        _partitions = new int[_begin[members]];
        int[] next = _begin[..members];
        for (int partition = 0; partition < owners.Length; partition++)
        {
            if (owners[partition] is >= 0 and int owner)
            {
                _partitions[next[owner]++] = partition;
            }
        }
    }

    public ReadOnlySpan<int> Of(int member) => _partitions.AsSpan(_begin[member], _begin[member + 1] - _begin[member]);
}
