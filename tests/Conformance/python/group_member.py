"""A member of a group, on kafka-python 2.0.2: address, topic, group, records a partition. Prints what it has read."""
import sys
import time

from kafka import KafkaConsumer, TopicPartition
from kafka.coordinator.assignors.range import RangePartitionAssignor

address, topic, group, count = sys.argv[1:5]
consumer = KafkaConsumer(
    topic, bootstrap_servers=address, group_id=group, auto_offset_reset="earliest", enable_auto_commit=False,
    heartbeat_interval_ms=100, session_timeout_ms=10_000, partition_assignment_strategy=[RangePartitionAssignor])
end = time.time() + 35
partitions = [TopicPartition(topic, p) for p in consumer.partitions_for_topic(topic)]
while any((consumer.committed(p) or 0) < int(count) for p in partitions):
    if time.time() > end:
        sys.exit("the group has not read everything in time")
    for records in consumer.poll(200).values():
        for record in records:
            print(record.partition, record.offset)
    consumer.commit()
consumer.close()
