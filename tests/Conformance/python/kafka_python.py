"""What kafka-python 2.0.2 does with a broker: argument 1 is its address, argument 2 the scenario."""
import sys
import time
import uuid

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, NewPartitions, NewTopic
from kafka.errors import TopicAlreadyExistsError

address = sys.argv[1]


def equal(expected, actual, what):
    if expected != actual:
        raise AssertionError(f"{what}: expected {expected!r}, got {actual!r}")


def produce_and_consume(codec):
    topic = f"kafka-python-{codec}-{uuid.uuid4()}"
    start_ms = int(time.time() * 1000) - 100_000
    producer = KafkaProducer(
        bootstrap_servers=address, acks="all", compression_type=None if codec == "none" else codec, linger_ms=10)
    sent = []
    for i in range(300):
        key = None if i % 3 == 0 else b"key %d" % i
        value = None if i % 3 == 1 else b"value %d" % i
        headers = [("h", b"header %d" % i)] if i % 2 else []
        sent.append((key, value, headers))
        future = producer.send(topic, value, key, headers, partition=0, timestamp_ms=start_ms + i)
    equal(299, future.get(10).offset, "acknowledged offset")
    producer.close()

    partition = TopicPartition(topic, 0)
    consumer = KafkaConsumer(bootstrap_servers=address, group_id=None, enable_auto_commit=False, consumer_timeout_ms=10_000)
    consumer.assign([partition])
    consumer.seek_to_beginning(partition)
    for i, (key, value, headers) in enumerate(sent):
        record = next(consumer)
        equal((i, key, value, headers, start_ms + i),
              (record.offset, record.key, record.value, record.headers, record.timestamp), "record")
    equal(300, consumer.position(partition), "position")
    equal({partition: 0}, consumer.beginning_offsets([partition]), "beginning offsets")
    equal({partition: 300}, consumer.end_offsets([partition]), "end offsets")
    equal(123, consumer.offsets_for_times({partition: start_ms + 123})[partition].offset, "offset for time")
    equal(None, consumer.offsets_for_times({partition: start_ms + 9999})[partition], "offset after the last time")
    consumer.seek(partition, 290)
    equal(290, next(consumer).offset, "offset after seek")
    equal({0}, consumer.partitions_for_topic(topic), "partitions")
    consumer.close()


def admin():
    client = KafkaAdminClient(bootstrap_servers=address)
    topic = f"kafka-python-admin-{uuid.uuid4()}"
    client.create_topics([NewTopic(topic, 2, 1, topic_configs={"retention.ms": "12345"})])
    try:
        client.create_topics([NewTopic(topic, 2, 1)])
        raise AssertionError("a topic was created twice")
    except TopicAlreadyExistsError:
        pass
    equal(True, topic in client.list_topics(), "listed")
    client.create_partitions({topic: NewPartitions(4)})
    end = time.time() + 10
    while len(client.describe_topics([topic])[0]["partitions"]) != 4:
        equal(True, time.time() < end, "four partitions are described")
        time.sleep(0.05)
    answer = client.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])[0]
    values = {entry[0]: entry[1] for entry in answer.resources[0][4]}
    equal("12345", values["retention.ms"], "retention.ms")
    client.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, {"retention.ms": "54321"})])
    equal(1, len(client.describe_cluster()["brokers"]), "brokers")
    client.delete_topics([topic])
    client.close()


if sys.argv[2] == "admin":
    admin()
else:
    produce_and_consume(sys.argv[2])
