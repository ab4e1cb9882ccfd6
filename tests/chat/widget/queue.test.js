// The offline queue: kept, in order, each message once (DL-02, DL-05).
import assert from "node:assert/strict";
import test from "node:test";
import { createMemory } from "../../../chat/static/chat/widget/loader/memory.js";
import { randomId } from "../../../chat/static/chat/widget/loader/natives.js";
import { Queue } from "../../../chat/static/chat/widget/panel/queue.js";
import { blockedStorage, createStorage } from "./world.js";

let time = 0;
const createQueue = (memory) => new Queue(memory, () => time);
const kept = () => createMemory("t:", (storage => () => storage)(createStorage()));
const item = (id) => ({ type: "post", conversation: "c1", client_id: id, value: `text ${id}`, label: `text ${id}` });
const collect = (queue) => {
  const sent = [];
  queue.pump((frame) => sent.push(frame));
  return sent.map((frame) => frame.client_id);
};

test("messages go out in the order they were written, a few at a time", () => {
  const queue = createQueue(kept());
  for (const id of "abcdefg") queue.add(item(id));
  assert.deepEqual(collect(queue), ["a", "b", "c", "d", "e"]);
  queue.confirm("a");
  assert.deepEqual(collect(queue), ["f"]);
});

test("what isn't confirmed survives a reload", () => {
  const memory = kept();
  const queue = createQueue(memory);
  queue.add(item("a"));
  queue.add(item("b"));
  collect(queue);
  queue.confirm("a");
  assert.deepEqual(collect(createQueue(memory)), ["b"]);
});

test("after a lost connection everything unconfirmed is sent again with the same ids", () => {
  const queue = createQueue(kept());
  queue.add(item("a"));
  queue.add(item("b"));
  collect(queue);
  queue.disconnected();
  assert.deepEqual(collect(queue), ["a", "b"]);
});

test("a confirmation that never comes is asked for again after ten seconds", () => {
  const queue = createQueue(kept());
  queue.add(item("a"));
  collect(queue);
  queue.expire();
  assert.deepEqual(collect(queue), []);
  time += 10_000;
  queue.expire();
  assert.deepEqual(collect(queue), ["a"]);
});

test("the fifty-first is refused, nothing is dropped", () => {
  const queue = createQueue(kept());
  for (let count = 0; count < 50; count += 1) assert.equal(queue.add(item(`m${count}`)), true);
  assert.equal(queue.add(item("one too many")), false);
  assert.equal(queue.items.length, 50);
});

test("a socket that takes no more stops the pump, and nothing is taken for sent", () => {
  const queue = createQueue(kept());
  queue.add(item("a"));
  queue.pump(() => false);
  assert.deepEqual(collect(queue), ["a"]);
});

test("a refused message stays with its reason until it is tried again or thrown away", () => {
  const memory = kept();
  const queue = createQueue(memory);
  queue.add(item("a"));
  queue.fail("a", "This conversation has ended.");
  assert.deepEqual(collect(queue), []);
  assert.equal(createQueue(memory).find("a").failed, "This conversation has ended.");
  queue.retry("a", "c2");
  assert.deepEqual(queue.find("a").conversation, "c2");
  assert.deepEqual(collect(queue), ["a"]);
  queue.remove(["a"]);
  assert.equal(memory.get("queue"), null);
});

test("two tabs share the list and don't overwrite each other's", () => {
  const memory = kept();
  const [one, other] = [createQueue(memory), createQueue(memory)];
  one.add(item("a"));
  other.add(item("b"));
  one.reload();
  assert.deepEqual(one.items.map((each) => each.client_id), ["a", "b"]);
  one.confirm("a");
  other.reload();
  assert.deepEqual(other.items.map((each) => each.client_id), ["b"]);
});

test("a confirmed message is shown until the message itself comes", () => {
  const queue = createQueue(kept());
  queue.add(item("a"));
  queue.confirm("a");
  queue.reload();
  assert.equal(queue.find("a").sent, true);
});

test("where storage is blocked it works for as long as the page is there", () => {
  const queue = createQueue(createMemory("t:", blockedStorage));
  queue.add(item("a"));
  queue.disconnected();
  assert.deepEqual(collect(queue), ["a"]);
});

test("an answer and a message are sent as what they are", () => {
  const queue = createQueue(kept());
  queue.add({ type: "answer", conversation: "c1", card: "q1", client_id: "a", value: "yes", label: "Yes, please" });
  const sent = [];
  queue.pump((frame) => sent.push(frame));
  assert.deepEqual(sent, [{ type: "answer", conversation: "c1", card: "q1", client_id: "a", value: "yes" }]);
});

test("ids fit the protocol with and without randomUUID", () => {
  const older = { getRandomValues: (bytes) => globalThis.crypto.getRandomValues(bytes) };
  for (const crypto of [globalThis.crypto, older]) assert.match(randomId(crypto), /^[A-Za-z0-9_-]{8,64}$/);
  assert.notEqual(randomId(older), randomId(older));
});
