namespace KLog.Tests;

/// <summary>A test that needs Kafka's jars, and perhaps programs (<c>java</c>): skipped, and counted so, where they are missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class KafkaFactAttribute : FactAttribute
{
    public KafkaFactAttribute(params string[] programs) => Skip = WhySkip(programs);

    public static string? WhySkip(string[] programs) =>
        KafkaHome.WhySkip ?? programs.Where(p => !KafkaHome.Has(p)).Select(p => $"{p} is not installed").FirstOrDefault();
}

/// <summary>The same for a test with many cases.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class KafkaTheoryAttribute : TheoryAttribute
{
    public KafkaTheoryAttribute(params string[] programs) => Skip = KafkaFactAttribute.WhySkip(programs);
}
