// The connection: backoff with jitter, heartbeats, and what each close code asks for (DL-04, DL-05, DL-08).
import assert from "node:assert/strict";
import test from "node:test";
import { nudgeDelay, retryDelay } from "../../../chat/static/chat/widget/panel/backoff.js";
import { Connection } from "../../../chat/static/chat/widget/panel/connection.js";
import { createWorld, settled } from "./world.js";

async function connected({ refused = () => false, random } = {}) {
  const world = createWorld({ random });
  const got = [];
  const statuses = [];
  const connection = new Connection({
    url: "ws://chat.example/ws/visitor/", env: world.env, prepare: async () => {}, hello: () => ({ type: "hello" }),
    onFrame: (frame) => got.push(frame), onStatus: (status) => statuses.push(status), onRefused: refused,
  });
  connection.start();
  await settled();
  world.socket().open();
  world.socket().get({ type: "welcome" });
  return { ...world, connection, got, statuses };
}

test("delays stay between half a second and thirty, and grow", () => {
  assert.equal(retryDelay(0, () => 0), 500);
  assert.equal(retryDelay(0, () => 1), 1_000);
  assert.equal(retryDelay(3, () => 1), 8_000);
  assert.equal(retryDelay(50, () => 1), 30_000);
  assert.equal(nudgeDelay(() => 1), 1_000);
});

test("hello is the first frame, and welcome opens the connection", async () => {
  const { socket, statuses } = await connected();
  assert.deepEqual(socket().sent[0], { type: "hello" });
  assert.deepEqual(statuses, ["connecting", "open"]);
});

test("no token or anything else is in the address", async () => {
  const { socket } = await connected();
  assert.equal(socket().url, "ws://chat.example/ws/visitor/");
});

test("a ping goes out every 20 seconds and returns the latest mark", async () => {
  const { pass, socket } = await connected();
  await pass(20_000);
  socket().get({ type: "pong", mark: "first" });
  socket().get({ type: "pong", mark: "second" });
  socket().get({ type: "message" });
  await pass(20_000);
  assert.deepEqual(socket().frames("ping"), [{ type: "ping", mark: "" }, { type: "ping", mark: "second" }]);
});

test("a new socket has no mark of the one before", async () => {
  const { pass, connection, socket } = await connected();
  socket().get({ type: "pong", mark: "old" });
  connection.restart();
  await settled();
  socket().open();
  socket().get({ type: "welcome" });
  await pass(20_000);
  assert.deepEqual(socket().frames("ping"), [{ type: "ping", mark: "" }]);
});

test("a ping goes out after 100 frames", async () => {
  const { socket } = await connected();
  socket().get({ type: "pong", mark: "m" });
  for (let count = 2; count < 99; count += 1) socket().get({ type: "message" });
  assert.deepEqual(socket().frames("ping"), []);
  socket().get({ type: "message" });
  assert.deepEqual(socket().frames("ping"), [{ type: "ping", mark: "m" }]);
});

test("two pongs that don't come mean a dead socket", async () => {
  const { pass, sockets, socket } = await connected();
  await pass(59_000);
  assert.equal(sockets().length, 1);
  await pass(3_000);
  assert.equal(sockets().length, 2);
  assert.equal(sockets()[0].isClosed, true);
  assert.notEqual(socket(), sockets()[0]);
});

test("answered pings keep the socket for ever", async () => {
  const { pass, sockets, socket } = await connected();
  for (let count = 0; count < 20; count += 1) {
    await pass(20_000);
    socket().get({ type: "pong" });
  }
  assert.equal(sockets().length, 1);
});

test("every failed try waits longer", async () => {
  const { pass, sockets, socket } = await connected({ random: 1 });
  const waits = [];
  for (let count = 0; count < 7; count += 1) {
    const before = sockets().length;
    socket().drop(1006);
    let waited = 0;
    while (sockets().length === before) {
      await pass(500);
      waited += 500;
    }
    waits.push(waited);
  }
  assert.deepEqual(waits, [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
});

test("after ten good seconds the delays begin anew, not before", async () => {
  const { pass, connection, socket } = await connected();
  connection.attempt = 5;
  await pass(9_000);
  assert.equal(connection.attempt, 5);
  await pass(1_000);
  assert.equal(connection.attempt, 0);
  socket().drop(1006);
  assert.equal(connection.status, "waiting");
});

test("when the network is back it tries within a second", async () => {
  const { pass, connection, sockets, socket } = await connected();
  connection.attempt = 9;
  socket().drop(1006);
  connection.nudge();
  await pass(1_000);
  assert.equal(sockets().length, 2);
});

test("a socket that died in its sleep is found within five seconds of waking", async () => {
  const { pass, connection, sockets } = await connected();
  connection.nudge();
  await pass(7_000);
  assert.equal(sockets().length, 2);
});

test("a socket that answers after waking is kept", async () => {
  const { pass, connection, sockets, socket } = await connected();
  connection.nudge();
  socket().get({ type: "pong" });
  await pass(7_000);
  assert.equal(sockets().length, 1);
});

test("a restarting server says when to come back", async () => {
  const { pass, sockets, socket } = await connected({ random: 0 });
  socket().get({ type: "bye", retry_after: 7_000 });
  socket().drop(1012);
  await pass(6_900);
  assert.equal(sockets().length, 1);
  await pass(200);
  assert.equal(sockets().length, 2);
});

for (const code of [1006, 1011, 4008, 4408, 4410, 4429]) {
  test(`code ${code} is tried again`, async () => {
    const { pass, sockets, socket } = await connected();
    socket().drop(code);
    await pass(31_000);
    assert.ok(sockets().length >= 2);
  });
}

for (const code of [1000, 4403]) {
  test(`code ${code} is final`, async () => {
    const { pass, connection, sockets, socket, timers } = await connected();
    socket().drop(code);
    await pass(120_000);
    assert.equal(connection.status, "stopped");
    assert.equal(sockets().length, 1);
    assert.equal(timers(), 0);
  });
}

test("a refused token is dropped once, then it stops", async () => {
  const answers = [true, false];
  const { pass, connection, sockets, socket } = await connected({ refused: () => answers.shift() });
  socket().drop(4401);
  await pass(2_000);
  assert.equal(sockets().length, 2);
  socket().drop(4401);
  await pass(120_000);
  assert.equal(connection.status, "stopped");
  assert.equal(sockets().length, 2);
});

test("a server that never welcomes is given up and tried again", async () => {
  const { pass, sockets, socket } = await connected();
  socket().drop(1006);
  await pass(1_000);
  assert.equal(sockets().length, 2);
  await pass(14_000);
  assert.equal(sockets().length, 3);
});

test("stopped, it leaves no timer and no socket", async () => {
  const { connection, socket, timers } = await connected();
  connection.stop();
  assert.equal(timers(), 0);
  assert.equal(socket().isClosed, true);
});

test("a frame that isn't JSON is no reason to fall over", async () => {
  const { connection, got, socket } = await connected();
  socket().onmessage({ data: "{" });
  assert.equal(connection.status, "open");
  assert.equal(got.length, 1);
});
