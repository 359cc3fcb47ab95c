namespace KLog.Conformance.Programs;

/// <summary>Programs of others that a test runs. A test whose program is missing is skipped, with the reason.</summary>
public enum Program
{
    /// <summary>Apache Kafka's jars, as KAFKA_HOME/VERSION/*.jar, and a JDK 17.</summary>
    Kafka,

    Kcat,

    /// <summary>Debian's python3-kafka.</summary>
    KafkaPython,

    /// <summary>The wheel of confluent-kafka beside KAFKA_HOME, whose librdkafka Confluent.Kafka uses here.</summary>
    Librdkafka,

    /// <summary>Node.js and npm's kafkajs in artifacts/node_modules.</summary>
    KafkaJs,

    /// <summary>Node.js and npm's @platformatic/kafka in artifacts/node_modules.</summary>
    PlatformaticKafka,
}

/// <summary>A test that is skipped where a program is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NeedsFactAttribute : FactAttribute
{
    public NeedsFactAttribute(Program program)
    {
        Program = program;
        Skip = Prerequisites.Missing(program);
    }

    public Program Program { get; }
}

/// <summary>A test by cases that is skipped where a program is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NeedsTheoryAttribute : TheoryAttribute
{
    public NeedsTheoryAttribute(Program program)
    {
        Program = program;
        Skip = Prerequisites.Missing(program);
    }

    public Program Program { get; }
}
