// The client in docs/protocol.md does what the page says of it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const page = readFileSync(new URL("../../docs/protocol.md", import.meta.url), "utf8");
const source = page.match(/^```js\n([\s\S]*?)^```$/m)[1];

class FakeSocket {
  sent = [];
  send(text) { this.sent.push(JSON.parse(text)); }
  open() { this.onopen(); }
  take(frame) { this.onmessage({ data: JSON.stringify(frame) }); }
  close(code) { this.onclose({ code }); }
}

function start() {
  const world = { sockets: [], timers: [], shown: [], states: [], errors: [], cleared: 0, localStorage: {} };
  const names = {
    WebSocket: class extends FakeSocket { constructor() { super(); world.sockets.push(this); } },
    localStorage: world.localStorage,
    setInterval: () => 0,
    clearInterval: () => {},
    setTimeout: (action, wait, ...args) => world.timers.push({ run: () => action(...args), wait }),
    showMessage: (message) => world.shown.push(message.seq),
    showState: (state) => world.states.push(state),
    showError: (frame) => world.errors.push(frame),
    clearScreen: () => { world.cleared += 1; },
  };
  const run = new Function(...Object.keys(names), `"use strict";\n${source}\nreturn { connect, unsent };`);
  Object.assign(world, run(...Object.values(names)));
  world.connect();
  world.sockets[0].open();
  return world;
}

const state = { type: "state", conversation: "c", revision: 1, phase: "active", last_seq: 2, can: ["post"] };
const message = (seq) => ({ type: "message", conversation: "c", seq, text: "x" });

test("it says hello first, keeps the token and shows each message once, in order", () => {
  const world = start();
  const [socket] = world.sockets;
  assert.deepEqual(socket.sent.map((frame) => frame.type), ["hello"]);
  socket.take({ type: "welcome", token: "t1", state, messages: [message(1), message(2)], reset: true });
  socket.take(message(2));
  socket.take(message(3));
  assert.deepEqual(world.shown, [1, 2, 3]);
  assert.equal(world.localStorage.token, "t1");
});

test("what wasn't acknowledged goes out again after the next welcome, and says from where to resume", () => {
  const world = start();
  world.sockets[0].take({ type: "welcome", token: "t1", state, messages: [message(1)], reset: true });
  for (const id of ["first-01", "second-1"]) world.unsent.set(id, { type: "post", conversation: "c", client_id: id });
  world.sockets[0].take({ type: "ack", conversation: "c", client_id: "first-01", seq: 2 });
  world.sockets[0].close(1006);
  world.timers[0].run();
  world.sockets[1].open();
  world.sockets[1].take({ type: "welcome", token: "t2", state });
  const [hello, again] = world.sockets[1].sent;
  assert.deepEqual([hello.token, hello.conversation, hello.after], ["t1", "c", 1]);
  assert.equal(again.client_id, "second-1");
});

test("an ack in place of the message shows what was posted, once", () => {
  const world = start();
  const [socket] = world.sockets;
  socket.take({ type: "welcome", token: "t1", state, messages: [message(1)], reset: true });
  world.unsent.set("first-01", { type: "post", conversation: "c", client_id: "first-01", text: "x" });
  socket.take({ type: "ack", conversation: "c", client_id: "first-01", seq: 2, instead: true });
  socket.take(message(2));
  assert.deepEqual(world.shown, [1, 2]);
  assert.equal(world.unsent.size, 0);
});

test("it confirms every hundredth frame with the latest mark of this socket", () => {
  const world = start();
  const [socket] = world.sockets;
  for (let seq = 1; seq <= 100; seq += 1) socket.take(message(seq));
  assert.deepEqual(socket.sent.slice(1), [{ type: "ping", mark: "" }]);
  socket.take({ type: "pong", now: "2026-11-22T09:30:00Z", seqs: {}, mark: "m1" });
  for (let seq = 101; seq < 200; seq += 1) socket.take(message(seq));
  assert.deepEqual(socket.sent.slice(2), [{ type: "ping", mark: "m1" }]);
  socket.close(1006);
  world.timers[0].run();
  world.sockets[1].open();
  for (let seq = 200; seq < 300; seq += 1) world.sockets[1].take(message(seq));
  assert.deepEqual(world.sockets[1].sent.at(-1), { type: "ping", mark: "" });
});

test("it comes back when the server says, and not where that is no use", () => {
  const restarted = start();
  restarted.sockets[0].take({ type: "bye", retry_after: 4200 });
  restarted.sockets[0].close(1012);
  assert.equal(restarted.timers[0].wait, 4200);
  for (const code of [1000, 4403]) {
    const refused = start();
    refused.sockets[0].close(code);
    assert.deepEqual(refused.timers, []);
  }
});

test("a refused token is forgotten", () => {
  const world = start();
  world.sockets[0].take({ type: "welcome", token: "t1", state });
  world.sockets[0].close(4401);
  world.timers[0].run();
  world.sockets[1].open();
  assert.equal(world.sockets[1].sent[0].token, "");
});
