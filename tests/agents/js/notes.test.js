import assert from "node:assert/strict";
import { test } from "node:test";

import { Drafts, noteDraftOf, Outbox } from "../../../agents/static/agents/outbox.js";
import { initialState, reduce } from "../../../agents/static/agents/reducer.js";
import { postOf, repliesTo } from "../../../agents/static/agents/replies.js";
import { rowsOf, tickOf } from "../../../agents/static/agents/rows.js";

const AT = "2026-03-02T12:00:00Z";
const CHAT = { type: "chat", state: { conversation: "a", revision: 1, phase: "active", last_seq: 2 }, visitor: {} };

const message = (seq, author = "visitor", rest = {}) => ({ seq, author, kind: "text", text: `t${seq}`, at: AT, ...rest });
const note = (number, after, rest = {}) => ({ number, after, client_id: `note-${number}`, name: "Ann", text: `n${number}`, at: AT, ...rest });
const notes = (...rows) => ({ type: "notes", conversation: "a", notes: rows });
const opened = () => initialState({ me: { id: 7 }, chats: [CHAT], open: "a", messages: [message(1), message(2)] });
const pending = (kind, client_id = "note-1") => ({ client_id, kind, conversation: "a", text: "n1", at: Date.parse(AT) });
const run = (state, ...actions) => actions.reduce(reduce, state);
const rows = (given) => rowsOf({ messages: [], pending: [], dayOf: () => "d", ...given }).slice(1);
const texts = (given) => rows(given).map((row) => row.message.text);

function makeStorage() {
  const kept = {};
  Object.defineProperties(kept, {
    getItem: { value: (key) => kept[key] ?? null },
    setItem: { value: (key, text) => (kept[key] = text) },
    removeItem: { value: (key) => delete kept[key] },
  });
  return kept;
}

test("a note stands below the message that was there when it was written (LC-42)", () => {
  const messages = [message(1), message(2), message(3)];
  assert.deepEqual(texts({ messages, notes: [note(1, 1), note(2, 1), note(3, 9)] }), ["t1", "n1", "n2", "t2", "t3", "n3"]);
  assert.deepEqual(texts({ messages: [], notes: [note(1, 0)] }), ["n1"]);
});

test("each note is taken once, whatever order they come in (DL-02)", () => {
  const state = run(opened(), notes(note(2, 2)), notes(note(1, 2), note(2, 2)));
  assert.deepEqual(state.notes.a.map((row) => row.number), [1, 2]);
  assert.equal(state.threads.a.messages.length, 2);
});

test("a note is no message: it counts as nothing and changes no line of the list", () => {
  const before = opened();
  assert.equal(run(before, notes(note(1, 2))).chats, before.chats);
});

test("what was written as a note is sent as a note, also after a reconnect (DL-05)", () => {
  assert.equal(postOf(pending("note")).type, "note");
  assert.equal(postOf(pending("post")).type, "post");
  const state = run(opened(), { type: "queued", item: pending("note") });
  const welcome = { type: "welcome", now: AT, availability: {}, chats: [CHAT] };
  const sent = repliesTo(welcome, state, reduce(state, welcome));
  assert.deepEqual(sent, [{ type: "note", conversation: "a", client_id: "note-1", text: "n1" }]);
});

test("a note keeps its row from sending to saved, and stays with Retry when it fails", () => {
  const state = run(opened(), { type: "queued", item: pending("note") });
  const failed = run(state, { type: "error", code: "busy", text: "Busy", client_id: "note-1" });
  assert.equal(tickOf({ ...failed.outbox[0], author: "note" }), "failed");
  const saved = run(failed, notes(note(1, 2)));
  assert.deepEqual(saved.outbox, []);
  const keys = (of) => rows({ messages: of.threads.a.messages, notes: of.notes.a, pending: of.outbox }).map((row) => row.key);
  assert.deepEqual(keys(failed), keys(saved));
  assert.equal(tickOf({ author: "note" }), "noted");
});

test("an acknowledgement of a message never turns a note into one", () => {
  const state = run(opened(), { type: "queued", item: pending("note") });
  const ack = { type: "ack", conversation: "a", client_id: "note-1", seq: 3, at: AT };
  assert.equal(run(state, ack), state);
});

test("notes by two people stand apart, and a question keeps its answer across a note", () => {
  const apart = rows({ messages: [], notes: [note(1, 0), note(2, 0), note(3, 0, { name: "Bo" })] });
  assert.deepEqual(apart.map((row) => row.isFollowing), [false, true, false]);
  const asked = rows({ messages: [message(1, "bot", { ask: {} }), message(2)], notes: [note(1, 1)] });
  assert.equal(asked[0].chosen, "t2");
});

test("an unsent note is kept where a page that knows no notes doesn't look", () => {
  const storage = makeStorage();
  const outbox = new Outbox(storage, 7);
  const item = outbox.make("a", "n1", "note");
  outbox.keep(item);
  outbox.keep(outbox.make("a", "t1"));
  const seenBefore = Object.keys(storage).filter((key) => key.startsWith("switchboard:7:out:"));
  assert.equal(seenBefore.length, 1);
  assert.ok(Object.keys(storage).every((key) => outbox.owns(key)));
  assert.deepEqual(outbox.load().map((each) => each.kind), ["note", "post"]);
  outbox.drop(item.client_id);
  assert.deepEqual(outbox.load().map((each) => each.kind), ["post"]);
  const saved = run(opened(), notes(note(1, 2, { client_id: item.client_id })), { type: "outbox_loaded", items: [item] });
  assert.deepEqual(saved.outbox, []);
});

test("the drafts of a reply and of a note never meet", () => {
  const drafts = new Drafts(makeStorage(), 7);
  drafts.keep("a", "For you");
  drafts.keep(noteDraftOf("a"), "For us");
  assert.deepEqual([drafts.read("a"), drafts.read(noteDraftOf("a"))], ["For you", "For us"]);
});
