import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { CAP, delayBefore } from "../../../agents/static/agents/backoff.js";
import { Connection } from "../../../agents/static/agents/connection.js";

let time, sockets, frames, statuses, connection;

class FakeSocket {
  constructor() {
    this.readyState = 0;
    this.sent = [];
    this.isClosed = false;
    sockets.push(this);
  }
  open() {
    this.readyState = 1;
    this.onopen();
  }
  send(text) {
    this.sent.push(JSON.parse(text));
  }
  get(frame) {
    this.onmessage({ data: JSON.stringify(frame) });
  }
  close() {
    this.isClosed = true;
  }
}

const WELCOME = { type: "welcome", now: "2026-03-02T12:00:00Z" };
const last = () => sockets.at(-1);

function goOnline() {
  connection.connect();
  last().open();
  last().get(WELCOME);
}

function pass(milliseconds) {
  for (const end = time + milliseconds; time < end; ) {
    time += 1_000;
    connection.pulse();
  }
}

beforeEach(() => {
  [time, sockets, frames, statuses] = [1_000_000, [], [], []];
  connection = new Connection({
    makeSocket: () => new FakeSocket(),
    hello: () => ({ type: "hello" }),
    onFrame: (frame) => frames.push(frame),
    onStatus: (status) => statuses.push(status),
    now: () => time,
    random: () => 0.5,
  });
});

test("says hello first and is online only once welcomed (DL-04)", () => {
  connection.connect();
  last().open();
  assert.deepEqual(last().sent, [{ type: "hello" }]);
  assert.equal(connection.send({ type: "typing" }), false);
  last().get(WELCOME);
  assert.equal(connection.send({ type: "typing" }), true);
  assert.deepEqual(statuses, ["connecting", "online"]);
});

test("pings every 20 seconds and returns the latest mark (DL-04, DL-07)", () => {
  goOnline();
  last().get({ type: "message" });
  pass(19_000);
  assert.equal(last().sent.length, 1);
  pass(1_000);
  assert.deepEqual(last().sent[1], { type: "ping", mark: "" });
  last().get({ type: "pong", now: WELCOME.now, mark: "first" });
  last().get({ type: "pong", now: WELCOME.now, mark: "second" });
  last().get({ type: "message" });
  pass(20_000);
  assert.deepEqual(last().sent[2], { type: "ping", mark: "second" });
});

test("a new socket has no mark of the one before", () => {
  goOnline();
  last().get({ type: "pong", now: WELCOME.now, mark: "old" });
  connection.restart();
  last().open();
  last().get(WELCOME);
  pass(20_000);
  assert.deepEqual(last().sent.at(-1), { type: "ping", mark: "" });
});

test("pings after 100 frames without waiting (DL-07)", () => {
  goOnline();
  last().get({ type: "pong", now: WELCOME.now, mark: "m" });
  for (let n = 0; n < 97; n += 1) last().get({ type: "message" });
  assert.equal(last().sent.length, 1);
  last().get({ type: "message" });
  assert.deepEqual(last().sent.slice(1), [{ type: "ping", mark: "m" }]);
});

test("leaves a socket that doesn't answer a ping, and takes nothing from it afterwards (pain 2)", () => {
  goOnline();
  const dead = last();
  pass(30_000);
  assert.equal(dead.isClosed, true);
  assert.equal(dead.onmessage, null);
  assert.equal(connection.status, "waiting");
});

test("leaves a socket on which no welcome comes", () => {
  connection.connect();
  last().open();
  pass(10_000);
  assert.equal(connection.status, "waiting");
});

test("comes back by itself, with delays that grow and are drawn up to 30 seconds (DL-05)", () => {
  const delays = [0, 1, 2, 3, 12].map((attempt) => delayBefore(attempt, () => 1));
  assert.deepEqual(delays, [500, 1_000, 2_000, 4_000, CAP]);
  assert.equal(delayBefore(12, () => 0.1), 3_000);
  goOnline();
  last().onclose({ code: 1006 });
  pass(1_000);
  assert.equal(sockets.length, 2);
});

test("waits as long as the server asked before a restart (DL-08)", () => {
  goOnline();
  last().get({ type: "bye", retry_after: 7_000 });
  last().onclose({ code: 1012 });
  pass(6_000);
  assert.equal(sockets.length, 1);
  pass(1_000);
  assert.equal(sockets.length, 2);
});

test("comes back at once when somebody is back at the page (DL-05)", () => {
  goOnline();
  last().onclose({ code: 1006 });
  connection.poke();
  assert.equal(sockets.length, 2);
});

test("asks a socket that slept with the laptop for a sign of life within 3 seconds (pain 1)", () => {
  goOnline();
  time += 3_600_000;
  connection.poke();
  assert.equal(last().sent.at(-1).type, "ping");
  pass(3_000);
  assert.equal(connection.status, "waiting");
});

for (const [code, status] of [[4401, "signed-out"], [4403, "forbidden"]]) {
  test(`stops for good after ${code} (DL-10)`, () => {
    goOnline();
    last().onclose({ code });
    connection.poke();
    pass(60_000);
    assert.equal(connection.status, status);
    assert.equal(sockets.length, 1);
  });
}

test("a page that is left rests until it is looked at again", () => {
  goOnline();
  connection.rest();
  pass(60_000);
  assert.equal(sockets.length, 1);
  connection.poke();
  assert.equal(sockets.length, 2);
});
