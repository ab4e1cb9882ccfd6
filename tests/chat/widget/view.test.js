// The view of a conversation: order, gaps, stale states (DL-03, DL-04, R6).
import assert from "node:assert/strict";
import test from "node:test";
import { applyFrame, askedToSync, awaitedAsk, disconnected, EMPTY_VIEW, isBehind, unreadAfter } from "../../../chat/static/chat/widget/panel/view.js";

const NOW = Date.parse("2026-03-02T10:00:00Z");
const say = (seq, extra = {}) => ({ type: "message", conversation: "c1", seq, author: "agent", kind: "text", text: `line ${seq}`, at: "2026-03-02T10:00:00Z", ...extra });
const standing = (extra = {}) => ({ type: "state", conversation: "c1", revision: 1, phase: "active", last_seq: 0, can: ["post", "end"], ...extra });
const welcome = (extra = {}) => ({ type: "welcome", protocol: 1, now: "2026-03-02T10:00:05Z", token: "t", state: standing(), ...extra });
const play = (...frames) => frames.reduce((view, frame) => applyFrame(view, frame, NOW), EMPTY_VIEW);
const seqs = (view) => view.messages.map((message) => message.seq);

test("a welcome shows the conversation and sets the clock by the server", () => {
  const view = play(welcome({ state: standing({ last_seq: 2 }), messages: [say(1), say(2)] }));
  assert.deepEqual(seqs(view), [1, 2]);
  assert.equal(view.skew, 5_000);
  assert.equal(isBehind(view), false);
});

test("a message that is there already is dropped", () => {
  assert.deepEqual(seqs(play(welcome(), say(1), say(1), say(2), say(1))), [1, 2]);
});

test("a message of another conversation is dropped", () => {
  assert.deepEqual(seqs(play(welcome(), say(1, { conversation: "c2" }))), []);
});

test("no reader sees 3 before 2: it is held until the gap is filled", () => {
  const early = play(welcome(), say(1), say(3));
  assert.deepEqual(seqs(early), [1]);
  assert.equal(isBehind(early), true);
  assert.deepEqual(seqs(applyFrame(early, say(2), NOW)), [1, 2, 3]);
});

test("a sync that finds nothing in a gap passes over it, and what was held comes out", () => {
  const asked = askedToSync(play(welcome(), say(1), say(3)));
  assert.equal(isBehind(asked), false);
  const view = applyFrame(asked, { type: "messages", conversation: "c1", messages: [say(3)] }, NOW);
  assert.deepEqual(seqs(view), [1, 3]);
  assert.deepEqual(seqs(applyFrame(view, say(4), NOW)), [1, 3, 4]);
});

test("a push that overtakes the answer to a sync isn't lost", () => {
  const asked = askedToSync(play(welcome(), { type: "pong", now: "2026-03-02T10:00:05Z", seqs: { c1: 2 } }));
  const pushed = applyFrame(asked, say(4), NOW);
  const view = applyFrame(pushed, { type: "messages", conversation: "c1", messages: [say(1), say(2)] }, NOW);
  assert.deepEqual(seqs(view), [1, 2]);
  assert.equal(isBehind(view), true);
  assert.deepEqual(seqs(applyFrame(askedToSync(view), { type: "messages", conversation: "c1", messages: [say(3), say(4)] }, NOW)), [1, 2, 3, 4]);
});

test("a heartbeat that knows of more than was seen shows a silent loss", () => {
  const view = play(welcome(), say(1), { type: "pong", now: "2026-03-02T10:00:05Z", seqs: { c1: 2 } });
  assert.equal(isBehind(view), true);
});

test("a long catch-up goes on until the last page", () => {
  const view = play(welcome({ state: standing({ last_seq: 4 }), messages: [say(1), say(2)], more: true }));
  assert.equal(isBehind(view), true);
  const done = applyFrame(askedToSync(view), { type: "messages", conversation: "c1", messages: [say(3), say(4)] }, NOW);
  assert.deepEqual(seqs(done), [1, 2, 3, 4]);
  assert.equal(isBehind(done), false);
});

test("a lost socket forgets the sync that was under way", () => {
  assert.equal(isBehind(disconnected(askedToSync(play(welcome(), say(2))))), true);
});

test("a reconnect adds what was missed and keeps the rest", () => {
  const view = applyFrame(play(welcome(), say(1)), welcome({ state: standing({ last_seq: 3 }), messages: [say(2), say(3)] }), NOW);
  assert.deepEqual(seqs(view), [1, 2, 3]);
});

test("what was pushed twice during a sync that passed over it is shown once, in its place", () => {
  const asked = askedToSync(play(welcome(), { type: "pong", now: "2026-03-02T10:00:05Z", seqs: { c1: 4 } }));
  const pushed = [say(3), say(3)].reduce((view, frame) => applyFrame(view, frame, NOW), asked);
  const page = { type: "messages", conversation: "c1", messages: [say(1), say(2), say(4)] };
  assert.deepEqual(seqs(applyFrame(pushed, page, NOW)), [1, 2, 3, 4]);
});

test("more is asked for though the state knew of no more", () => {
  assert.equal(isBehind(play(welcome({ state: standing({ last_seq: 2 }), messages: [say(1), say(2)], more: true }))), true);
});

test("a reset of the same conversation shows what the server has, and nothing else", () => {
  const again = welcome({ reset: true, state: standing({ last_seq: 1 }), messages: [say(1, { text: "restored" })] });
  const view = applyFrame(play(welcome(), say(1), say(2)), again, NOW);
  assert.deepEqual(view.messages.map((message) => message.text), ["restored"]);
});

test("a reset replaces what was shown", () => {
  const other = standing({ conversation: "c2", last_seq: 1 });
  const view = applyFrame(play(welcome(), say(1)), welcome({ reset: true, state: other, messages: [say(1, { conversation: "c2" })] }), NOW);
  assert.equal(view.conversation, "c2");
  assert.deepEqual(seqs(view), [1]);
});

test("a state older than the one held is ignored", () => {
  const view = play(welcome(), standing({ revision: 5, phase: "ended", can: [] }), standing({ revision: 4 }));
  assert.equal(view.state.phase, "ended");
});

test("of two states with one revision the one that knows more messages counts", () => {
  const view = play(welcome(), standing({ revision: 2, last_seq: 4, phase: "bot" }), standing({ revision: 2, last_seq: 3 }));
  assert.equal(view.state.phase, "bot");
});

test("typing ends by itself, and at once when the message comes", () => {
  const typing = play(welcome(), { type: "typing", conversation: "c1", author: "agent" });
  assert.equal(typing.typingUntil, NOW + 6_000);
  assert.equal(applyFrame(typing, say(1), NOW).typingUntil, 0);
});

test("only the agent's typing is shown, in a chat that goes on, over a connection that lives (LC-30)", () => {
  const by = (author) => ({ type: "typing", conversation: "c1", author });
  const typing = play(welcome(), by("agent"));
  assert.equal(play(welcome(), by("visitor")).typingUntil, 0);
  assert.equal(applyFrame(typing, say(1, { author: "visitor" }), NOW).typingUntil, NOW + 6_000, "own words don't end it");
  assert.equal(applyFrame(typing, standing({ revision: 2 }), NOW).typingUntil, NOW + 6_000);
  assert.equal(applyFrame(typing, standing({ revision: 2, phase: "ended", can: [] }), NOW).typingUntil, 0);
  assert.equal(disconnected(typing).typingUntil, 0);
});

test("marks only grow", () => {
  const view = play(welcome(), { type: "marks", conversation: "c1", agent_read: 3 }, { type: "marks", conversation: "c1", agent_read: 2, agent_delivered: 4 });
  assert.deepEqual([view.marks.agent_read, view.marks.agent_delivered], [3, 4]);
});

test("the awaited question is the one the state names, while it may be answered", () => {
  const ask = { card: "q1", input: "choice", choices: [{ id: "a", label: "Yes" }] };
  const view = play(welcome({ state: standing({ phase: "bot", can: ["answer"], awaiting: "q1" }) }), say(1, { kind: "card", author: "bot", ask }));
  assert.deepEqual(awaitedAsk(view), ask);
  assert.equal(awaitedAsk(applyFrame(view, standing({ revision: 2, can: [] }), NOW)), null);
  assert.equal(awaitedAsk(applyFrame(view, say(2, { author: "visitor" }), NOW)), null);
});

test("own messages and notices aren't unread", () => {
  const view = play(welcome(), say(1), say(2, { author: "visitor" }), say(3, { author: "system", kind: "notice" }), say(4));
  assert.equal(unreadAfter(view, 0), 2);
  assert.equal(unreadAfter(view, 1), 1);
  assert.equal(unreadAfter(applyFrame(view, { type: "marks", conversation: "c1", visitor_read: 4 }, NOW), 0), 0);
});

test("a conversation that the server no longer shows can't be written to", () => {
  const view = applyFrame(play(welcome(), say(1)), { type: "welcome", protocol: 1, now: "2026-03-02T10:00:05Z", token: "t" }, NOW);
  assert.deepEqual([view.state.phase, view.state.can], ["done", []]);
  assert.deepEqual(seqs(view), [1]);
});
