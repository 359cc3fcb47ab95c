using System.Text;

namespace KLog.Bench.Throughput.Load;

/// <summary>Values that compress as events do (about 3 to 1 in a batch), and are the same in each run.</summary>
internal static class Payload
{
    private static readonly string[] Actions = ["view", "click", "search", "basket", "order", "pay", "return", "login"];

    /// <summary>The value of the record with this number, exactly <paramref name="size"/> bytes.</summary>
    internal static byte[] Value(int number, int size)
    {
        Random random = new(number);
        StringBuilder text = new(size + 64);
        while (text.Length < size)
        {
            text.Append("{\"user\":").Append(random.Next(10_000_000))
                .Append(",\"action\":\"").Append(Actions[random.Next(Actions.Length)])
                .Append("\",\"item\":\"").Append(random.NextInt64(1L << 40).ToString("x10", null))
                .Append("\",\"price\":").Append(random.Next(100, 100_000))
                .Append(",\"at\":").Append(1_700_000_000_000 + random.Next(1_000_000_000)).Append('}');
        }

        return Encoding.ASCII.GetBytes(text.ToString(0, size));
    }
}
