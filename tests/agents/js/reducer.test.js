import assert from "node:assert/strict";
import { test } from "node:test";

import { initialState, isMine, reduce } from "../../../agents/static/agents/reducer.js";
import { watchedOf } from "../../../agents/static/agents/watching.js";
import { heldSeqs, isAstray, repliesTo } from "../../../agents/static/agents/replies.js";

const ME = { id: 7, name: "Ann Berg" };
const AT = "2026-03-02T12:00:00Z";

function chat(id, { revision = 1, phase = "active", last_seq = 1, unread = 0, ...rest } = {}) {
  const state = { conversation: id, revision, phase, last_seq, can: ["post", "end"] };
  return { type: "chat", state, visitor: { name: "Vera" }, dialogue: "Welcome", unread, ...rest };
}

function message(seq, { conversation = "a", author = "visitor", ...rest } = {}) {
  return { type: "message", conversation, seq, author, kind: "text", text: `text ${seq}`, at: AT, ...rest };
}

function offer(id, expires_at = "2026-03-02T12:01:40Z") {
  return { type: "offer", id, conversation: `c-${id}`, offered_at: AT, expires_at, visitor: { name: "Vera" }, why: "" };
}

const opened = (chats = [chat("a")], messages = [message(1)]) =>
  initialState({ me: ME, chats, open: "a", messages });

const run = (state, ...actions) => actions.reduce(reduce, state);
const seqs = (state, id = "a") => state.threads[id].messages.map((one) => one.seq);
const welcome = (rest = {}) => ({ type: "welcome", now: AT, availability: {}, ...rest });

function answer(state, frame) {
  return repliesTo(frame, state, reduce(state, frame));
}

test("shows messages in order, once each, whatever order they come in (DL-03)", () => {
  const state = run(opened(), message(3), message(2), message(3), message(2));
  assert.deepEqual(seqs(state), [1, 2, 3]);
});

test("never shows 7 before 6: what came too early waits, and is asked for (DL-03, DL-04)", () => {
  const state = run(opened(), message(4));
  assert.deepEqual(seqs(state), [1]);
  assert.deepEqual(answer(opened(), message(4)), [{ type: "sync", conversation: "a", after: 1 }]);
  const page = { type: "messages", conversation: "a", messages: [message(2), message(3)] };
  assert.deepEqual(seqs(run(state, page)), [1, 2, 3, 4]);
});

test("a gap inside what the server read is no gap for this reader", () => {
  const page = { type: "messages", conversation: "a", messages: [message(2), message(5)] };
  assert.deepEqual(seqs(run(opened(), page)), [1, 2, 5]);
});

test("asks on while there is more (DL-04)", () => {
  const page = { type: "messages", conversation: "a", messages: [message(2)], more: true };
  assert.deepEqual(answer(opened(), page), [{ type: "sync", conversation: "a", after: 2 }]);
});

test("a heartbeat shows what was lost in silence (DL-04)", () => {
  const pong = { type: "pong", now: AT, seqs: { a: 3 } };
  assert.deepEqual(answer(opened(), pong), [{ type: "sync", conversation: "a", after: 1 }]);
  assert.deepEqual(answer(opened(), { ...pong, seqs: { a: 1 } }), []);
});

test("a heartbeat that names other chats than the page shows that the page is astray", () => {
  const state = opened();
  assert.equal(isAstray({ seqs: { a: 1 } }, state), false);
  assert.equal(isAstray({ seqs: { a: 1, b: 1 } }, state), true);
  assert.equal(isAstray({ seqs: {} }, state), true);
});

test("says how far it has each conversation (DL-04)", () => {
  const state = run(opened(), { type: "opened", conversation: "b" });
  assert.deepEqual(heldSeqs(state), { a: 1 });
});

test("a message that was sent is shown once, though both the ack and the push come (DL-02)", () => {
  const item = { client_id: "x1", conversation: "a", text: "Hello", at: 0 };
  const ack = { type: "ack", conversation: "a", client_id: "x1", seq: 2, at: AT };
  const push = message(2, { author: "agent", client_id: "x1", text: "Hello" });
  for (const order of [[ack, push], [push, ack]]) {
    const state = run(opened(), { type: "queued", item }, ...order);
    assert.deepEqual(seqs(state), [1, 2]);
    assert.deepEqual(state.outbox, []);
    assert.equal(state.threads.a.messages[1].text, "Hello");
  }
});

test("an ack in place of the message is shown; without its text the page asks for it (DL-02, DL-04)", () => {
  const item = { client_id: "x1", conversation: "a", text: "Hello", at: 0 };
  const ack = { type: "ack", conversation: "a", client_id: "x1", seq: 2, at: AT, instead: true };
  const state = run(opened(), { type: "queued", item });
  assert.deepEqual(answer(state, ack), []);
  assert.equal(run(state, ack).threads.a.messages[1].text, "Hello");
  assert.deepEqual(answer(opened(), ack), [{ type: "sync", conversation: "a", after: 1 }]);
});

test("what was written offline is sent in order after the welcome (DL-05)", () => {
  const items = ["x1", "x2"].map((client_id) => ({ client_id, conversation: "a", text: client_id, at: 0 }));
  const state = run(opened(), ...items.map((item) => ({ type: "queued", item })));
  const posts = answer(state, welcome({ chats: [chat("a")] })).filter((frame) => frame.type === "post");
  assert.deepEqual(posts.map((frame) => frame.client_id), ["x1", "x2"]);
});

test("a refused message stays in its place with the reason, and isn't sent again by itself", () => {
  const item = { client_id: "x1", conversation: "a", text: "Hello", at: 0 };
  const error = { type: "error", code: "too_long", text: "Too long.", client_id: "x1" };
  const state = run(opened(), { type: "queued", item }, error);
  assert.deepEqual([state.outbox[0].status, state.outbox[0].error], ["failed", "Too long."]);
  assert.deepEqual(state.toasts, []);
  assert.deepEqual(answer(state, welcome({ chats: [chat("a")] })), []);
  const retried = run(state, { type: "retried", client_id: "x1" });
  assert.equal(answer(retried, welcome({ chats: [chat("a")] }))[0].type, "post");
});

test("what came through unseen is in the missed page, and isn't sent again (DL-02, DL-05)", () => {
  const item = { client_id: "x1", conversation: "a", text: "Hello", at: 0 };
  const missed = { type: "messages", conversation: "a", messages: [message(2, { author: "agent", client_id: "x1" })] };
  const state = run(opened(), { type: "queued", item });
  assert.deepEqual(run(state, missed).outbox, []);
  assert.deepEqual(answer(state, welcome({ chats: [chat("a")], missed: [missed] })).filter((frame) => frame.type === "post"), []);
});

test("a kept message that the page already shows isn't sent a second time (DL-02)", () => {
  const saved = message(2, { author: "agent", client_id: "x1" });
  const state = run(opened(undefined, [message(1), saved]), {
    type: "outbox_loaded",
    items: [{ client_id: "x1", conversation: "a", text: "Hello", at: 0 }],
  });
  assert.deepEqual(state.outbox, []);
});

test("what another tab writes leaves a refused message refused, with its Retry (DL-05)", () => {
  const refused = { client_id: "x1", conversation: "a", text: "Hello", at: 0 };
  const other = { client_id: "x2", conversation: "a", text: "Hi", at: 1 };
  const error = { type: "error", code: "conversation_closed", text: "It has ended.", client_id: "x1" };
  const state = run(opened(), { type: "queued", item: refused }, error, { type: "outbox_loaded", items: [refused, other] });
  assert.deepEqual(state.outbox.map(({ status, error }) => [status, error]), [["failed", "It has ended."], ["queued", undefined]]);
  const elsewhere = run(state, { type: "outbox_loaded", items: [{ ...refused, at: 5, status: "queued", error: "" }] });
  assert.deepEqual(elsewhere.outbox.map(({ status, error }) => [status, error]), [["queued", ""]], "another tab tries again");
  const here = run(state, { type: "retried", client_id: "x1", at: 5 }, error);
  const again = run(here, { type: "outbox_loaded", items: [{ ...refused, at: 5, status: "queued", error: "" }] });
  assert.deepEqual(again.outbox.map(({ status, error }) => [status, error]), [["failed", "It has ended."]]);
});

test("a welcome replaces everything: chats, offers and switch (DL-04)", () => {
  const before = run(opened([chat("a"), chat("b")]), offer("o1"));
  const state = run(before, welcome({ chats: [chat("a", { revision: 1, unread: 2 })], offers: [offer("o2")] }));
  assert.equal(isMine(state.chats.a), true);
  assert.equal(isMine(state.chats.b), false);
  assert.deepEqual(state.offers.map((one) => one.id), ["o2"]);
});

test("a chat that a welcome doesn't mention is over, how isn't known (pain 2)", () => {
  const before = opened([chat("a"), chat("b", { last_seq: 4 })]);
  const after = run(before, welcome({ chats: [chat("b", { last_seq: 4 })] }));
  assert.deepEqual([isMine(after.chats.a), after.chats.a.isDoubtful], [false, true]);
  assert.equal(isMine(run(after, chat("a", { revision: 1 })).chats.a), true, "the server's word settles it");
});

test("a whole chat that the server sends is there before it is opened (LC-37)", () => {
  const page = (messages) => ({ type: "messages", conversation: "b", messages });
  const state = run(opened([chat("a"), chat("b", { last_seq: 2 })]), page([1, 2].map((seq) => message(seq, { conversation: "b" }))));
  assert.deepEqual([seqs(state, "b"), state.chats.b.unread], [[1, 2], 0]);
  assert.equal(run(opened(), page([message(5, { conversation: "b" })])).threads.b, undefined);
});

test("a page that is too old for the server says what the server said", () => {
  assert.equal(run(opened(), { type: "error", code: "protocol", text: "Reload." }).refusal, "Reload.");
});

test("a state that is older than the one at hand is ignored (DL-03)", () => {
  const ended = { type: "state", conversation: "a", revision: 5, phase: "ended", last_seq: 1, can: [] };
  const state = run(opened(), ended, { ...ended, revision: 4, phase: "active" }, chat("a", { revision: 4 }));
  assert.equal(state.chats.a.state.phase, "ended");
});

test("counts unread messages of the visitor until they are looked at (LC-37)", () => {
  const state = run(opened(), message(2), message(3));
  assert.equal(state.chats.a.unread, 2);
  assert.equal(run(state, { type: "looked", conversation: "a", seq: 3 }).chats.a.unread, 0);
  assert.equal(run(state, message(4, { author: "agent" })).chats.a.unread, 0);
});

test("another tab's looking counts too (DL-06)", () => {
  const state = run(opened(), message(2), { type: "marks", conversation: "a", agent_read: 2 });
  assert.equal(state.chats.a.unread, 0);
});

test("marks only grow (LC-30)", () => {
  const marks = { type: "marks", conversation: "a", visitor_read: 5, visitor_delivered: 6 };
  const state = run(opened(), marks, { ...marks, visitor_read: 3 });
  assert.equal(state.chats.a.state.marks.visitor_read, 5);
});

test("typing ends with the message (LC-30)", () => {
  const typing = { type: "typing", conversation: "a", author: "visitor", receivedAt: 1_000 };
  const state = run(opened(), typing);
  assert.equal(state.typing.a, 7_000);
  assert.deepEqual(run(state, message(2)).typing, {});
  assert.equal(run(state, message(2, { author: "agent" })).typing.a, 7_000, "own words don't end it");
  assert.deepEqual(run(opened(), { ...typing, author: "agent" }).typing, {});
});

test("several offers wait, the one that ends first in front (LC-21)", () => {
  const state = run(opened(), offer("late", "2026-03-02T12:05:00Z"), offer("soon"), offer("soon"));
  assert.deepEqual(state.offers.map((one) => one.id), ["soon", "late"]);
});

test("a settled offer leaves every tab and says what happened (LC-25)", () => {
  const settled = { type: "offer_settled", id: "o1", status: "withdrawn", text: "The visitor stopped waiting." };
  const state = run(opened(), offer("o1"), settled, settled);
  assert.deepEqual(state.offers, []);
  assert.deepEqual(state.toasts.map((toast) => toast.text), ["The visitor stopped waiting."]);
});

test("only the tab that clicked Accept goes to the chat; the others are told (LC-25, DL-06)", () => {
  const settled = { type: "offer_settled", id: "o1", status: "accepted", text: "You accepted.", conversation: "c-o1" };
  const waiting = run(opened(), offer("o1"));
  const clicked = run(waiting, { type: "decided", id: "o1", deciding: "accept" }, settled);
  assert.deepEqual([clicked.accepted, clicked.toasts], [{ conversation: "c-o1" }, []]);
  const other = run(waiting, settled);
  assert.deepEqual([other.accepted, other.toasts.length], [null, 1]);
});

test("whoever clicked Accept and lost is told why (LC-25)", () => {
  const settled = { type: "offer_settled", id: "o1", status: "expired", text: "The time was over." };
  const state = run(opened(), offer("o1"), { type: "decided", id: "o1", deciding: "accept" }, settled);
  assert.deepEqual([state.accepted, state.toasts[0].text], [null, "The time was over."]);
});

test("an Accept that the network swallowed is sent again after the welcome (LC-25)", () => {
  const state = run(opened(), offer("o1"), { type: "decided", id: "o1", deciding: "accept" });
  const frames = answer(state, welcome({ chats: [chat("a")], offers: [offer("o1")] }));
  assert.deepEqual(frames, [{ type: "accept", offer: "o1" }]);
});

test("a refusal frees the buttons again and is told", () => {
  const state = run(
    opened(),
    offer("o1"),
    { type: "decided", id: "o1", deciding: "accept" },
    { type: "error", code: "conflict", text: "Try again." },
  );
  assert.equal(state.offers[0].deciding, "");
  assert.deepEqual(state.toasts[0], { id: 1, text: "Try again.", tone: "bad" });
});

test("the reducer changes nothing it was given", () => {
  const state = opened();
  const copy = structuredClone(state);
  run(state, message(2), offer("o1"), welcome({ chats: [] }), { type: "unheard_of" });
  assert.deepEqual(state, copy);
});

test("a visitor waits from the first word without an answer, until the agent writes (LC-37)", () => {
  const later = "2026-03-02T12:00:30Z";
  const waits = (state) => state.chats.a.waiting_since ?? null;
  const asked = run(opened(), message(2), message(3, { at: later }));
  assert.equal(waits(asked), AT);
  assert.equal(waits(run(asked, message(4, { author: "agent", kind: "notice" }))), AT);
  assert.equal(waits(run(asked, message(4, { author: "agent" }))), null);
});

test("a chat that is only looked on at calls nobody, and is followed while it goes on (LC-38)", () => {
  const foreign = opened([chat("a", { read_only: true })]);
  assert.equal(watchedOf(foreign), "a");
  assert.deepEqual([isMine(foreign.chats.a), isMine(chat("a"))], [false, true]);
  assert.equal(run(foreign, message(2)).chats.a.unread, 0);
  assert.deepEqual(seqs(run(foreign, message(2))), [1, 2]);
  assert.equal(watchedOf(opened()), "");
  assert.equal(watchedOf(opened([chat("a", { read_only: true, phase: "ended" })])), "");
  assert.equal(watchedOf({ ...foreign, open: "" }), "");
});
