namespace KLog.Broker.Configuration;

/// <summary>Why a broker does not start with this configuration: one line a mistake.</summary>
public sealed class ConfigurationException(IReadOnlyList<string> lines) : Exception(string.Join('\n', lines))
{
    public IReadOnlyList<string> Lines => lines;

    internal static void ThrowIfAny(IReadOnlyCollection<InvalidConfigException> problems)
    {
        if (problems.Count > 0)
        {
            throw new ConfigurationException([.. problems.Select(problem => problem.Message)]);
        }
    }
}
