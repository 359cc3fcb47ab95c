// What KafkaJS does with a broker. Arguments: the modules' folder, the broker's address, the scenario.
const assert = require("node:assert");
const { randomUUID } = require("node:crypto");
const [modules, address, scenario] = process.argv.slice(2);
const { Kafka, CompressionTypes, logLevel } = require(`${modules}/kafkajs`);

const kafka = new Kafka({ clientId: "conformance", brokers: [address], logLevel: logLevel.ERROR });

// KafkaJS reads in groups only, so that what it produced is judged by the offsets that the broker tells.
async function produce(settings, codec) {
  const topic = `kafkajs-${randomUUID()}`;
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: 2 }], waitForLeaders: true });
  const producer = kafka.producer(settings);
  await producer.connect();
  for (let batch = 0; batch < 5; batch++) {
    const messages = Array.from({ length: 100 }, (_, i) => ({
      partition: i % 2,
      key: i % 3 ? `key ${i}` : null,
      value: i % 7 ? `value ${batch} ${i}` : null,
      headers: { a: "b", n: `${i}` },
      timestamp: `${1_700_000_000_000 + batch * 1000 + i}`,
    }));
    const answers = await producer.send({ topic, messages, acks: -1, compression: codec });
    for (const answer of answers) {
      assert.equal(answer.errorCode, 0);
      assert.equal(Number(answer.baseOffset), batch * 50);
    }
  }
  await producer.disconnect();
  const offsets = await admin.fetchTopicOffsets(topic);
  assert.deepEqual(offsets.map((o) => [o.partition, o.low, o.high]).sort(), [[0, "0", "250"], [1, "0", "250"]]);
  const byTime = await admin.fetchTopicOffsetsByTimestamp(topic, 1_700_000_002_000);
  assert.deepEqual(byTime.map((o) => o.offset), ["100", "100"]);
  await admin.disconnect();
}

async function admin() {
  const topic = `kafkajs-admin-${randomUUID()}`;
  const client = kafka.admin();
  await client.connect();
  const created = { topics: [{ topic, numPartitions: 1, configEntries: [{ name: "retention.ms", value: "12345" }] }] };
  assert.equal(await client.createTopics(created), true);
  assert.equal(await client.createTopics(created), false);
  assert.ok((await client.listTopics()).includes(topic));
  await client.createPartitions({ topicPartitions: [{ topic, count: 3 }] });
  const metadata = await client.fetchTopicMetadata({ topics: [topic] });
  assert.equal(metadata.topics[0].partitions.length, 3);
  const configs = await client.describeConfigs({ resources: [{ type: 2, name: topic }] });
  assert.equal(configs.resources[0].configEntries.find((e) => e.configName === "retention.ms").configValue, "12345");
  await client.alterConfigs({ validateOnly: false, resources: [{ type: 2, name: topic, configEntries: [{ name: "retention.ms", value: "54321" }] }] });
  const cluster = await client.describeCluster();
  assert.equal(cluster.brokers.length, 1);
  assert.ok(cluster.clusterId);
  const producer = kafka.producer();
  await producer.connect();
  await producer.send({ topic, messages: Array.from({ length: 10 }, () => ({ partition: 0, value: "v" })) });
  await producer.disconnect();
  await client.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: "4" }] });
  assert.equal((await client.fetchTopicOffsets(topic)).find((o) => o.partition === 0).low, "4");
  await client.deleteTopics({ topics: [topic] });
  await client.disconnect();
}

// Two members, one after the other, then both, then a successor: every record once, offsets with metadata kept.
async function group() {
  const topic = `kafkajs-group-${randomUUID()}`;
  const groupId = `kafkajs-${randomUUID()}`;
  const client = kafka.admin();
  await client.connect();
  await client.createTopics({ topics: [{ topic, numPartitions: 4 }], waitForLeaders: true });
  const producer = kafka.producer();
  await producer.connect();
  const read = new Map();
  let sent = 0;
  const send = async () => {
    const messages = Array.from({ length: 40 }, (_, i) => ({ partition: i % 4, value: `${sent + i}` }));
    await producer.send({ topic, messages });
    sent += messages.length;
  };
  const allRead = async () => {
    for (const end = Date.now() + 20_000; read.size < sent; await new Promise((done) => setTimeout(done, 20))) {
      assert.ok(Date.now() < end, `${read.size} of ${sent} are read`);
    }
    assert.ok([...read.values()].every((times) => times === 1), "each is read once");
  };
  const member = async () => {
    const consumer = kafka.consumer({ groupId, heartbeatInterval: 100 });
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    const joined = new Promise((done) => consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => done(payload.memberAssignment)));
    await consumer.run({ eachMessage: async ({ message }) => {
      const value = message.value.toString();
      read.set(value, (read.get(value) ?? 0) + 1);
    } });
    return { consumer, joined };
  };
  await send();
  const first = await member();
  await allRead();
  const second = await member();
  assert.equal((await second.joined)[topic].length, 2);
  await send();
  await allRead();
  const described = (await client.describeGroups([groupId])).groups[0];
  assert.equal(described.state, "Stable");
  assert.equal(described.members.length, 2);
  await second.consumer.disconnect();
  await send();
  await allRead();
  await first.consumer.disconnect();
  const offsets = (await client.fetchOffsets({ groupId, topics: [topic] }))[0].partitions;
  assert.deepEqual(offsets.map((o) => o.offset), ["30", "30", "30", "30"]);
  await client.setOffsets({ groupId, topic, partitions: [{ partition: 1, offset: "29" }] });
  read.delete(`${sent - 3}`);
  const successor = await member();
  await allRead();
  await successor.consumer.disconnect();
  await client.deleteGroups([groupId]);
  await producer.disconnect();
  await client.disconnect();
}

const scenarios = {
  group,
  plain: () => produce({}, CompressionTypes.None),
  gzip: () => produce({}, CompressionTypes.GZIP),
  idempotent: () => produce({ idempotent: true, maxInFlightRequests: 1 }, CompressionTypes.None),
  admin,
};
scenarios[scenario]().then(() => process.exit(0), (error) => {
  console.error(error);
  process.exit(1);
});
