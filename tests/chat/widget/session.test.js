// The visitor's session: resume, queue, marks, tabs and tokens together (DL-02..DL-06, LC-33).
import assert from "node:assert/strict";
import test from "node:test";
import { createMemory } from "../../../chat/static/chat/widget/loader/memory.js";
import { takeTurn } from "../../../chat/static/chat/widget/panel/minting.js";
import { Session } from "../../../chat/static/chat/widget/panel/session.js";
import { createStorage, createWorld, settled } from "./world.js";

const standing = (extra = {}) => ({ type: "state", conversation: "c1", revision: 1, phase: "active", last_seq: 0, can: ["post", "end"], ...extra });
const welcome = (extra = {}) => ({ type: "welcome", protocol: 1, now: "2026-03-02T10:00:00Z", token: "token-1", state: standing(), ...extra });
const say = (seq, extra = {}) => ({ type: "message", conversation: "c1", seq, author: "agent", kind: "text", text: `line ${seq}`, at: "2026-03-02T10:00:00Z", ...extra });

const WHO = { session: "s".repeat(32), language: "en-GB", device: "desktop", time_zone: "Europe/Zurich", attributes: { plan: "pro" }, identity: "" };

function createSession({ storage = createStorage(), world = createWorld(), tabs } = {}) {
  const memory = createMemory("t:", () => storage);
  const events = [];
  const arrived = [];
  const told = [];
  const session = new Session({
    url: "ws://chat.example/ws/visitor/", memory, env: world.env, language: "en", who: () => WHO,
    tabs: tabs ?? { listen: () => () => {}, tell: (message) => told.push(message) },
    page: () => ({ url: "https://shop.example/", title: "Shop", referrer: "" }),
    onChange: (messages) => arrived.push(...(messages ?? [])), onEvent: (name, detail) => events.push([name, detail]),
  });
  return { ...world, session, memory, storage, events, arrived, told };
}

async function open(options, frame = welcome()) {
  const made = createSession(options);
  made.session.start({ show: true });
  await settled();
  made.socket().open();
  made.socket().get(frame);
  return made;
}

async function reconnect(made, frame = welcome()) {
  made.socket().drop(1006);
  await made.pass(1_000);
  made.socket().open();
  made.socket().get(frame);
}

test("nothing is stored or sent before it is started", () => {
  const { sockets, storage } = createSession();
  assert.equal(sockets().length, 0);
  assert.equal(storage.items.size, 0);
});

test("the first hello has no token, and the token that comes back is kept", async () => {
  const { socket, memory, told } = await open();
  const { page, ...hello } = socket().sent[0];
  assert.deepEqual(hello, { type: "hello", protocol: 1, token: "", show: true, conversation: "", after: 0, flow: "", ...WHO, language: "en" });
  assert.equal(memory.get("token"), "token-1");
  assert.deepEqual(told, [{ type: "token" }]);
});

test("a reconnect says how far it has got", async () => {
  const made = await open();
  made.socket().get(say(1));
  made.socket().drop(1006);
  await made.pass(1_000);
  made.socket().open();
  assert.deepEqual(made.socket().sent[0].after, 1);
  assert.deepEqual(made.socket().sent[0].conversation, "c1");
  assert.deepEqual(made.socket().sent[0].token, "token-1");
});

test("a reload comes back to the same conversation from the start", async () => {
  const first = await open();
  first.socket().get(say(1));
  first.session.destroy();
  const again = createSession({ storage: first.storage });
  again.session.start({ show: false });
  await settled();
  again.socket().open();
  const hello = again.socket().sent[0];
  assert.deepEqual([hello.token, hello.conversation, hello.after, hello.show], ["token-1", "c1", 0, false]);
});

test("what is written offline is shown as waiting and sent in order on reconnect", async () => {
  const made = await open();
  made.socket().drop(1006);
  for (const text of ["one", "two", "three"]) assert.equal(made.session.post(text), true);
  assert.equal(made.session.queue.items.length, 3);
  await made.pass(1_000);
  made.socket().open();
  made.socket().get(welcome());
  assert.deepEqual(made.socket().frames("post").map((frame) => frame.text), ["one", "two", "three"]);
});

test("a message whose confirmation was lost is sent again under its id and seen once", async () => {
  const made = await open();
  made.session.post("hello");
  const [first] = made.socket().frames("post");
  await reconnect(made);
  const [second] = made.socket().frames("post");
  assert.equal(second.client_id, first.client_id);
  made.socket().get({ type: "ack", conversation: "c1", client_id: first.client_id, seq: 1, at: "2026-03-02T10:00:00Z" });
  made.socket().get(say(1, { author: "visitor", client_id: first.client_id }));
  assert.equal(made.session.queue.items.length, 0);
  assert.equal(made.session.view.messages.length, 1);
});

test("an ack in place of the message shows what was posted", async () => {
  const made = await open();
  made.session.post("hello");
  const [post] = made.socket().frames("post");
  const at = "2026-03-02T10:00:00Z";
  made.socket().get({ type: "ack", conversation: "c1", client_id: post.client_id, seq: 1, at, instead: true });
  const expected = { conversation: "c1", client_id: post.client_id, seq: 1, at, text: "hello", author: "visitor", kind: "text" };
  assert.deepEqual(made.session.view.messages, [expected]);
  assert.deepEqual(made.session.queue.items, []);
  await made.pass(1_000);
  assert.deepEqual(made.socket().frames("sync"), []);
});

test("a message that its ack stands for, and whose text is gone, is asked for", async () => {
  const made = await open();
  made.socket().get({ type: "ack", conversation: "c1", client_id: "x", seq: 1, at: "2026-03-02T10:00:00Z", instead: true });
  await made.pass(1_000);
  assert.deepEqual(made.socket().frames("sync"), [{ type: "sync", conversation: "c1", after: 0 }]);
});

test("a message that came while the socket was down isn't sent again", async () => {
  const made = await open();
  made.session.post("hello");
  const [post] = made.socket().frames("post");
  await reconnect(made, welcome({ state: standing({ last_seq: 1 }), messages: [say(1, { author: "visitor", client_id: post.client_id })] }));
  assert.deepEqual(made.socket().frames("post"), []);
});

test("a silent loss is asked for after the heartbeat and healed", async () => {
  const made = await open();
  made.socket().get({ type: "pong", now: "2026-03-02T10:00:00Z", seqs: { c1: 2 } });
  await made.pass(400);
  assert.deepEqual(made.socket().frames("sync"), [{ type: "sync", conversation: "c1", after: 0 }]);
  made.socket().get({ type: "messages", conversation: "c1", messages: [say(1), say(2)] });
  await made.pass(1_000);
  assert.equal(made.session.view.last, 2);
  assert.equal(made.socket().frames("sync").length, 1);
});

test("a state that runs ahead of its message asks for nothing", async () => {
  const made = await open();
  made.socket().get(standing({ revision: 2, last_seq: 1 }));
  made.socket().get(say(1));
  await made.pass(1_000);
  assert.deepEqual(made.socket().frames("sync"), []);
});

test("an answer that the server refuses is given back with the reason", async () => {
  const ask = { card: "q1", input: "email" };
  const asked = say(1, { author: "bot", kind: "card", ask });
  const made = await open({}, welcome({ state: standing({ phase: "bot", can: ["answer"], awaiting: "q1", last_seq: 1 }), messages: [asked] }));
  made.session.answer("q1", "ann", "ann");
  const [answer] = made.socket().frames("answer");
  made.socket().get({ type: "error", code: "answer_invalid", text: "Please check it.", field: "value", client_id: answer.client_id });
  assert.deepEqual(made.session.refusal, { card: "q1", value: "ann", text: "Please check it." });
  assert.equal(made.session.queue.items.length, 0);
});

test("a message that the server refuses stays with the reason", async () => {
  const made = await open();
  made.session.post("hello");
  const [post] = made.socket().frames("post");
  made.socket().get({ type: "error", code: "conversation_closed", text: "It has ended.", client_id: post.client_id });
  assert.equal(made.session.queue.items[0].failed, "It has ended.");
});

test("told to slow down, it sends what was dropped after a pause", async () => {
  const made = await open();
  made.session.post("hello");
  made.socket().get({ type: "error", code: "slow_down", text: "Please wait." });
  await made.pass(3_000);
  assert.equal(made.socket().frames("post").length, 2);
  assert.equal(made.session.queue.items[0].failed, undefined);
});

test("delivered is told when messages come, read only when they were looked at", async () => {
  const made = await open();
  made.socket().get(say(1));
  await made.pass(400);
  made.session.looked();
  await made.pass(400);
  assert.deepEqual(made.socket().frames("mark"), [
    { type: "mark", conversation: "c1", delivered: 1, read: 0 }, { type: "mark", conversation: "c1", delivered: 1, read: 1 },
  ]);
});

test("typing is told at most every three seconds, and only where one may write", async () => {
  const made = await open();
  made.session.typing();
  made.session.typing();
  await made.pass(3_000);
  made.session.typing();
  assert.equal(made.socket().frames("typing").length, 2);
  made.socket().get(standing({ revision: 2, phase: "ended", can: [] }));
  await made.pass(3_000);
  made.session.typing();
  assert.equal(made.socket().frames("typing").length, 2);
});

test("what is written right after a message is told as typing at once", async () => {
  const made = await open();
  made.session.typing();
  made.session.post("Hello");
  made.session.typing();
  assert.equal(made.socket().frames("typing").length, 2);
});

test("history isn't announced, what comes afterwards is, also what was missed", async () => {
  const made = await open({}, welcome({ reset: true, state: standing({ last_seq: 1 }), messages: [say(1)] }));
  assert.deepEqual(made.arrived, []);
  made.socket().get(say(2));
  await reconnect(made, welcome({ state: standing({ last_seq: 3 }), messages: [say(3)] }));
  assert.deepEqual(made.arrived.map((message) => message.seq), [2, 3]);
});

test("a refused token is forgotten once, and the visitor starts anew", async () => {
  const made = await open();
  made.socket().drop(4401);
  assert.equal(made.memory.get("token"), null);
  await made.pass(2_000);
  made.socket().open();
  assert.deepEqual(made.socket().sent[0].token, "");
  made.socket().drop(4401);
  await made.pass(60_000);
  assert.equal(made.session.status, "stopped");
  assert.equal(made.sockets().length, 2);
});

test("without locks the second tab takes the token that was stored first", async () => {
  const storage = createStorage();
  const made = createSession({ storage });
  made.session.start({ show: true });
  await settled();
  made.socket().open();
  made.memory.set("token", "from the other tab");
  made.socket().get(welcome({ token: "one too many" }));
  await made.pass(10);
  made.socket().open();
  assert.equal(made.socket().sent[0].token, "from the other tab");
  assert.equal(made.memory.get("token"), "from the other tab");
});

test("with locks only one tab at a time asks for a first token", async () => {
  let token = "";
  const turns = [];
  let queue = Promise.resolve();
  const locks = { request: (name, options, work) => (queue = queue.then(work)) };
  const first = await takeTurn(locks, "mint", () => Boolean(token));
  const second = takeTurn(locks, "mint", () => Boolean(token)).then(() => turns.push(token));
  await settled();
  assert.deepEqual(turns, []);
  token = "minted";
  first();
  await second;
  assert.deepEqual(turns, ["minted"]);
});

test("opening the panel after a silent resume asks for a dialogue where there is none", async () => {
  const made = createSession();
  made.session.start({ show: false });
  await settled();
  made.socket().open();
  made.socket().get(welcome({ state: undefined }));
  made.session.start({ show: true });
  await settled();
  made.socket().open();
  assert.equal(made.sockets().length, 2);
  assert.equal(made.socket().sent[0].show, true);
});

test("a panel that was opened while a silent resume was under way gets its dialogue", async () => {
  const made = createSession();
  made.session.start({ show: false });
  await settled();
  made.socket().open();
  made.session.start({ show: true });
  made.socket().get(welcome({ state: undefined }));
  await settled();
  made.socket().open();
  assert.equal(made.socket().sent[0].show, true);
});

test("opening the panel while it waits to reconnect tries at once", async () => {
  const made = await open();
  made.session.connection.attempt = 9;
  made.socket().drop(1006);
  made.session.start({ show: true });
  await made.pass(1_000);
  assert.equal(made.sockets().length, 2);
});

test("an open conversation is remembered for the next page, an ended one isn't", async () => {
  const made = await open();
  assert.equal(made.memory.get("live"), true);
  made.socket().get(standing({ revision: 2, phase: "ended", can: [] }));
  assert.equal(made.memory.get("live"), null);
});

test("an address or a number that the server has taken is told to the page, a skipped one isn't", async () => {
  const asking = (card, input) => welcome({ state: standing({ phase: "bot", can: ["answer"], awaiting: card, last_seq: 1 }), messages: [say(1, { author: "bot", kind: "card", ask: { card, input } })] });
  for (const [input, value, expected] of [["email", "a@b.example", ["email:given"]], ["phone", "", []], ["text", "Ada", []]]) {
    const made = await open({}, asking("q1", input));
    made.session.answer("q1", value, value || "Skipped", input);
    const [answer] = made.socket().frames("answer");
    assert.deepEqual(Object.keys(answer).sort(), ["card", "client_id", "conversation", "type", "value"]);
    assert.deepEqual(made.events.filter(([name]) => name.endsWith(":given")), []);
    made.socket().get({ type: "accepted", conversation: "c1", client_id: answer.client_id });
    assert.deepEqual(made.events.map(([name]) => name).filter((name) => name.endsWith(":given")), expected);
  }
});

test("an address whose message comes before its confirmation is told once", async () => {
  const made = await open({}, welcome({ state: standing({ phase: "bot", can: ["answer"], awaiting: "q1" }) }));
  made.session.answer("q1", "a@b.example", "a@b.example", "email");
  const [answer] = made.socket().frames("answer");
  made.socket().get(say(1, { author: "visitor", client_id: answer.client_id }));
  made.socket().get({ type: "accepted", conversation: "c1", client_id: answer.client_id });
  assert.equal(made.events.filter(([name]) => name === "email:given").length, 1);
});

test("a flow is started over the open socket, or with the hello of the next one, once", async () => {
  const made = await open();
  made.session.startFlow("demo");
  assert.deepEqual(made.socket().frames("flow"), [{ type: "flow", slug: "demo" }]);
  made.socket().drop(1006);
  made.session.startFlow("demo");
  await made.pass(1_000);
  made.socket().open();
  assert.equal(made.socket().sent[0].flow, "demo");
  made.socket().get(welcome());
  made.socket().drop(1006);
  await made.pass(2_000);
  made.socket().open();
  assert.equal(made.socket().sent[0].flow, "");
});

test("pages, facts, readings and an address left go out while there is a connection", async () => {
  const made = await open();
  made.session.moved();
  made.session.know({ attributes: { plan: "pro" } });
  made.session.reading("prices", "page", 3);
  assert.equal(made.session.contact("a@b.example"), true);
  assert.deepEqual(made.socket().sent.slice(1), [
    { type: "page", url: "https://shop.example/", title: "Shop", referrer: "" }, { type: "facts", attributes: { plan: "pro" } },
    { type: "reading", conversation: "c1", card: "prices", event: "page", page: 3 }, { type: "contact", conversation: "c1", email: "a@b.example" },
  ]);
  made.socket().drop(1006);
  assert.equal(made.session.contact("a@b.example"), false);
});

test("the cards of a conversation that begins are news, those of one that is loaded again aren't", async () => {
  const first = [say(1, { author: "bot", kind: "card" })];
  const begun = welcome({ reset: true, state: standing({ phase: "bot", last_seq: 1 }), messages: first });
  const made = await open({}, begun);
  assert.equal(made.arrived.length, 1);
  made.session.destroy();
  const again = await open({ storage: made.storage }, begun);
  assert.equal(again.arrived.length, 0);
});

test("forgotten, nothing of the visitor is left", async () => {
  const made = await open();
  made.session.post("secret");
  made.session.forget();
  assert.equal(made.storage.items.size, 0);
  assert.equal(made.session.view.messages.length, 0);
  assert.equal(made.socket().isClosed, true);
  await made.pass(60_000);
  assert.equal(made.sockets().length, 1);
});

test("destroyed, no timer is left", async () => {
  const made = await open();
  made.socket().get(say(1));
  made.session.destroy();
  assert.equal(made.timers(), 0);
});

test("a finished conversation that comes back means that there is nothing new", async () => {
  const ended = standing({ revision: 9, phase: "ended", can: [] });
  const made = await open({}, welcome({ state: ended }));
  assert.equal(made.session.hasNothing, false);
  made.session.startOver();
  await settled();
  made.socket().open();
  assert.equal(made.socket().sent[0].conversation, "");
  made.socket().get(welcome({ reset: true, state: ended }));
  assert.equal(made.session.hasNothing, true);
});
