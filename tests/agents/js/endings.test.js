import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { countingOf } from "../../../agents/static/agents/ending-state.js";
import { Endings, UNDO_WITHIN } from "../../../agents/static/agents/endings.js";
import { nextAfter } from "../../../agents/static/agents/next-chat.js";
import { initialState, reduce } from "../../../agents/static/agents/reducer.js";
import { createStore } from "../../../agents/static/agents/store.js";
import { describeSwitch } from "../../../agents/static/agents/topbar.js";

let now, sent, store, endings, connection;

function chat(id, { last_at, waiting_since = null, read_only = false, phase = "active" } = {}) {
  const state = { conversation: id, revision: 1, phase, last_seq: 2, can: ["post", "end"] };
  return { type: "chat", state, visitor: { name: id }, unread: 0, waiting_since, last_at, read_only };
}

function message(seq, { conversation = "a", author = "visitor", ...rest } = {}) {
  return { type: "message", conversation, seq, author, kind: "text", text: "x", at: "2026-03-02T12:00:00Z", ...rest };
}

/** The views hear of a change at the end of the turn. */
async function happen(...actions) {
  for (const action of actions) store.dispatch(action);
  await Promise.resolve();
}

async function pass(milliseconds) {
  now += milliseconds;
  endings.tick();
  await Promise.resolve();
}

const said = () => store.state.toasts.map((toast) => toast.text);

beforeEach(() => {
  now = 1_000;
  sent = [];
  connection = { isOnline: true, send: (frame) => connection.isOnline && sent.push(frame) > 0 };
  const messages = [message(1), message(2, { author: "agent" })];
  const chats = [chat("a"), chat("b", { last_at: "2026-03-02T12:00:00Z" })];
  store = createStore(reduce, { ...initialState({ me: { id: 7 }, chats, open: "a", messages }), connection: "online" });
  endings = new Endings({ store, connection, say: (key, { name } = {}) => `${key} ${name ?? ""}`.trim(), now: () => now });
});

test("the server hears of an end after the moment in which it can be undone, once (LC-32)", async () => {
  assert.equal(endings.begin("a"), true);
  await pass(UNDO_WITHIN - 1);
  assert.deepEqual(sent, []);
  await pass(1);
  await pass(1_000);
  assert.deepEqual(sent, [{ type: "end", conversation: "a", after: 2 }]);
  await happen(message(3));
  assert.equal(store.state.endings.a.sentAt > 0, true, "whether that came in time is for the server to say");
  await happen({ type: "state", ...chat("a", { phase: "ended" }).state, revision: 2 });
  assert.deepEqual([store.state.endings, said()], [{}, []]);
});

test("undone, nothing was ever sent, and the chat can be ended anew (LC-32)", async () => {
  endings.begin("a");
  assert.equal(endings.begin("a"), false, "a second press means nothing");
  assert.equal(endings.undo(), "a");
  assert.equal(endings.undo(), "");
  await pass(60_000);
  assert.deepEqual(sent, []);
  assert.equal(endings.begin("a"), true);
});

test("one can be undone at a time: the next one, and leaving the page, send it at once (LC-32)", () => {
  endings.begin("a");
  now += 1_000;
  endings.begin("b");
  assert.deepEqual(sent.map((frame) => frame.conversation), ["a"]);
  assert.equal(countingOf(store.state), "b");
  now += UNDO_WITHIN - 1;
  endings.tick();
  assert.equal(countingOf(store.state), "b", "each has its own moment");
  endings.finish();
  endings.finish();
  assert.deepEqual(sent.map((frame) => frame.conversation), ["a", "b"]);
});

test("a word of the visitor's calls the end off, and that is said (LC-32)", async () => {
  endings.begin("a");
  await happen(message(3, { author: "system", kind: "notice" }));
  assert.equal(countingOf(store.state), "a", "a line that nobody wrote doesn't");
  await happen(message(4));
  await pass(UNDO_WITHIN);
  assert.deepEqual([sent, said()], [[], ["end_off_visitor a"]]);
});

test("so does one that came before its forerunner and waits to be shown", async () => {
  endings.begin("a");
  await happen(message(4));
  assert.deepEqual(said(), ["end_off_visitor a"]);
});

test("what this agent writes in another tab calls it off, what was on its way before doesn't (LC-32)", async () => {
  const item = { client_id: "early", kind: "post", conversation: "a", text: "Bye!", at: now };
  await happen({ type: "queued", item });
  endings.begin("a");
  await happen(message(3, { author: "agent", client_id: "early" }));
  assert.equal(countingOf(store.state), "a");
  await happen({ type: "queued", item: { ...item, kind: "note", client_id: "aside" } });
  assert.equal(countingOf(store.state), "a", "colleagues may be told something meanwhile");
  await happen(message(4, { author: "agent", client_id: "elsewhere" }));
  assert.deepEqual(said(), ["end_off_self a"]);
  endings.begin("a");
  await happen({ type: "outbox_loaded", items: [{ ...item, client_id: "kept", order: 1 }] });
  assert.deepEqual([countingOf(store.state), said().length], ["", 2]);
});

test("the last word and the last file arrive before the end is asked for, which can be undone until then (LC-32, DL-02)", async () => {
  const upload = { client_id: "file", conversation: "a", name: "prices.pdf" };
  const item = { client_id: "bye", kind: "post", conversation: "a", text: "Bye!", at: now };
  await happen({ type: "queued", item }, { type: "uploading", upload });
  endings.begin("a");
  endings.hurry();
  await pass(UNDO_WITHIN);
  await happen(message(3, { author: "agent", client_id: "bye" }));
  await pass(1_000);
  assert.deepEqual([sent, countingOf(store.state)], [[], "a"]);
  await happen({ type: "upload_failed", client_id: "file", error: "Not this one." });
  await pass(250);
  assert.deepEqual(sent, [{ type: "end", conversation: "a", after: 2 }]);
});

test("“End now” doesn't wait for the moment, and without a connection for nothing at all (LC-32)", async () => {
  endings.begin("a");
  endings.hurry();
  endings.hurry();
  assert.deepEqual(sent, [{ type: "end", conversation: "a", after: 2 }]);
  await happen({ type: "queued", item: { client_id: "bye", kind: "post", conversation: "b", text: "Bye!", at: now } });
  endings.begin("b");
  connection.isOnline = false;
  endings.hurry();
  await pass(250);
  assert.deepEqual([sent.length, said().at(-1)], [1, "end_offline b"]);
});

test("ended or taken over meanwhile, there is nothing left to do or to say (LC-32)", async () => {
  endings.begin("a");
  await happen({ type: "state", ...chat("a", { phase: "ended" }).state, revision: 2 });
  endings.begin("b");
  await happen({ type: "transfer", conversation: "b", status: "accepted", text: "", id: "t" });
  await pass(UNDO_WITHIN);
  assert.deepEqual([sent, store.state.endings], [[], {}]);
});

test("without a connection the chat stays open, and nothing says that it ended (LC-32)", async () => {
  endings.begin("a");
  connection.isOnline = false;
  await happen({ type: "connected", status: "waiting" });
  assert.equal(countingOf(store.state), "a", "it may be back in time");
  await pass(UNDO_WITHIN);
  assert.equal(endings.begin("b"), false);
  assert.deepEqual([sent, said(), store.state.endings], [[], ["end_offline a", "end_offline"], {}]);
});

test("an end that was sent into a dead network is said to have failed once the chat is seen to go on (LC-32)", async () => {
  endings.begin("a");
  await pass(UNDO_WITHIN);
  await happen({ type: "connected", status: "waiting" });
  assert.equal(store.state.endings.a.sentAt > 0, true);
  await happen({ type: "connected", status: "online" }, { type: "welcome", availability: {}, chats: [chat("a"), chat("b")] });
  assert.deepEqual([said(), store.state.endings], [["end_lost a"], {}]);
});

test("an end without an answer, or with a refusal, may be tried again", async () => {
  endings.begin("a");
  await pass(UNDO_WITHIN);
  await pass(10_000);
  assert.deepEqual([said(), store.state.endings], [["end_unanswered a"], {}]);
  endings.begin("a");
  await pass(UNDO_WITHIN);
  endings.begin("b");
  await happen({ type: "error", code: "visitor_wrote", text: "The visitor has just written, so the chat goes on." });
  assert.deepEqual(Object.keys(store.state.endings), ["b"], "the one that counts down was never asked for");
  assert.match(said().at(-1), /just written/);
});

test("somebody else's chat, or one that is over, can't be ended", () => {
  store.dispatch(chat("c", { phase: "ended" }));
  store.dispatch(chat("d", { read_only: true }));
  assert.deepEqual(["c", "d", "none"].map((id) => endings.begin(id)), [false, false, false]);
});

test("after the end comes who has waited longest, else the next in the list (LC-43)", () => {
  const at = (minute) => `2026-03-02T12:${String(minute).padStart(2, "0")}:00Z`;
  const listed = ["a", "b", "c", "d"].map((id, place) => chat(id, { last_at: at(30 - place) }));
  const next = (chats, from, state = {}) => nextAfter({ chats: Object.fromEntries(chats.map((each) => [each.state.conversation, each])), endings: {}, ...state }, from);
  assert.equal(next(listed, "b"), "c");
  assert.equal(next(listed, "d"), "c", "from the last one up");
  const waiting = [...listed, chat("e", { last_at: at(2), waiting_since: at(0) }), chat("f", { last_at: at(3), waiting_since: at(1) })];
  assert.equal(next(waiting, "a"), "e");
  assert.equal(next(waiting, "e"), "f");
  assert.equal(next(waiting, "a", { endings: { e: {}, f: {} } }), "b", "who is being ended isn't gone on with");
  assert.equal(next([listed[0], chat("past", { phase: "ended" }), chat("hers", { read_only: true })], "a"), "");
});

test("who was switched by somebody else is told once, and whoever switches themselves isn't (LC-12)", () => {
  const own = { available: true };
  const hers = { available: false, by: "Signe Berg" };
  assert.equal(describeSwitch(own, hers), "made_unavailable");
  assert.equal(describeSwitch({ available: false }, { available: true, by: "Signe Berg" }), "made_available");
  assert.equal(describeSwitch(hers, { ...hers, seats_taken: 3 }), "");
  assert.equal(describeSwitch(hers, own), "");
  assert.equal(describeSwitch(null, hers), "", "the page began with it");
});
