using KLog.Protocol;

namespace KLog.Clients.Errors;

/// <summary>What a client could not do. Each kind of failure is a type of its own; the code is Kafka's, or the nearest.</summary>
public abstract class KafkaException(ErrorCode errorCode, string message, Exception? inner = null) : Exception(message, inner)
{
    public ErrorCode ErrorCode { get; } = errorCode;

    /// <summary>The same may succeed a little later.</summary>
    public virtual bool IsRetriable => ErrorTexts.IsRetriable(ErrorCode);
}

/// <summary>No connection could be made, or the one there was has ended.</summary>
public sealed class BrokerUnreachableException(string where, string why, Exception? inner = null)
    : KafkaException(ErrorCode.NetworkException, $"{where}: {why}", inner);

/// <summary>A broker took a request and did not answer it in time.</summary>
public sealed class RequestTimeoutException(BrokerAddress broker, ApiKey api, TimeSpan limit)
    : KafkaException(ErrorCode.RequestTimedOut, $"{broker}: {api} was not answered within {limit.TotalMilliseconds:0} ms");

/// <summary>An operation's time was up before any of its attempts succeeded.</summary>
/// <param name="last">What the last attempt failed with, or was waiting for.</param>
public sealed class OperationTimeoutException(string what, TimeSpan limit, Exception last)
    : KafkaException(ErrorCode.RequestTimedOut, $"{what}: not done within {limit.TotalMilliseconds:0} ms; last: {last.Message}", last)
{
    public override bool IsRetriable => false;
}

/// <summary>The broker does not have the request, or not in a version that can say what is wanted.</summary>
public sealed class UnsupportedRequestException(string message) : KafkaException(ErrorCode.UnsupportedVersion, message);

/// <summary>A broker sent what is no answer in its version of the protocol; the connection is closed.</summary>
public sealed class InvalidResponseException(BrokerAddress broker, string why, Exception? inner = null)
    : KafkaException(ErrorCode.UnknownServerError, $"{broker}: {why}", inner);

/// <summary>A broker refused a request as a whole.</summary>
public sealed class BrokerException(BrokerAddress broker, ApiKey api, ErrorCode errorCode, string? message = null)
    : KafkaException(errorCode, $"{broker}: {api}: {ErrorTexts.Describe(errorCode, message)}");

/// <summary>Something cannot be done with one group.</summary>
public sealed class GroupException(string groupId, ErrorCode errorCode, string? message = null)
    : KafkaException(errorCode, $"group '{groupId}': {ErrorTexts.Describe(errorCode, message)}")
{
    public string GroupId { get; } = groupId;
}

/// <summary>Something cannot be done with one topic.</summary>
public sealed class TopicException(string topic, ErrorCode errorCode, bool isRetriable)
    : KafkaException(errorCode, $"topic '{topic}': {ErrorTexts.Describe(errorCode)}")
{
    public override bool IsRetriable { get; } = isRetriable;
}

/// <summary>Something cannot be done with one partition.</summary>
public sealed class PartitionException(TopicPartition partition, ErrorCode errorCode, bool? isRetriable = null)
    : KafkaException(errorCode, $"partition {partition}: {ErrorTexts.Describe(errorCode)}")
{
    public TopicPartition Partition { get; } = partition;

    public override bool IsRetriable { get; } = isRetriable ?? ErrorTexts.IsRetriable(errorCode);
}

/// <summary>A property, or an option of a command, has a value that it cannot have.</summary>
public sealed class InvalidConfigurationException(string property, string value, string why)
    : KafkaException(ErrorCode.InvalidConfig, $"{property}={value}: {why}")
{
    public string Property { get; } = property;

    /// <summary>What is wrong, without the property and its value.</summary>
    public string Why { get; } = why;
}
