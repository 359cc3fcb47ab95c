// What @platformatic/kafka does with a broker. Arguments: the modules' folder, the broker's address.
import assert from "node:assert";
import { randomUUID } from "node:crypto";
import { createRequire } from "node:module";

// Its Node.js has this; that of Debian 12 does not yet.
Promise.withResolvers ??= () => {
  const all = {};
  all.promise = new Promise((resolve, reject) => Object.assign(all, { resolve, reject }));
  return all;
};

const [modules, address] = process.argv.slice(2);
const require = createRequire(`${modules}/`);
const { Admin, Producer, ProduceAcks, stringSerializers } = await import(require.resolve("@platformatic/kafka"));

const topic = `platformatic-${randomUUID()}`;
const admin = new Admin({ clientId: "conformance", bootstrapBrokers: [address] });
const [created] = await admin.createTopics({ topics: [topic], partitions: 2, replicas: 1 });
assert.equal(created.name, topic);
assert.ok((await admin.listTopics()).includes(topic));

const producer = new Producer({ clientId: "conformance", bootstrapBrokers: [address], serializers: stringSerializers, idempotent: true });
for (const compression of ["none", "gzip", "snappy", "lz4"]) {
  const messages = Array.from({ length: 40 }, (_, i) => ({ topic, key: `key ${i}`, value: `value ${i}`, headers: { a: "b" } }));
  const answer = await producer.send({ messages, acks: ProduceAcks.ALL, compression });
  assert.ok(answer.offsets.length > 0);
}
await producer.close();
await admin.deleteTopics({ topics: [topic] });
await admin.close();
process.exit(0);
