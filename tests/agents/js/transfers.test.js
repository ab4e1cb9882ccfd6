import assert from "node:assert/strict";
import test from "node:test";

import { quoteOf, titleOf } from "../../../agents/static/agents/handover.js";
import { initialState, reduce } from "../../../agents/static/agents/reducer.js";
import { findTargets } from "../../../agents/static/agents/transfer-targets.js";

const CHAT = { state: { conversation: "c1", revision: 3, phase: "active", last_seq: 2, can: ["post", "end"] }, visitor: { name: "Vera" } };
const PENDING = { type: "transfer", id: "t1", conversation: "c1", status: "pending", text: "Waiting for Bo", expires_at: "2026-11-22T10:01:40Z" };
const WELCOME = { type: "welcome", availability: { available: true } };

function stateWith(...frames) {
  const first = initialState({ me: { id: 1, name: "Ida" }, chats: [CHAT], open: "c1", messages: [] });
  return frames.reduce(reduce, first);
}

test("a pending transfer is shown and the chat stays the sender's", () => {
  const state = stateWith(PENDING);
  assert.equal(state.transfers.c1.text, "Waiting for Bo");
  assert.equal(state.chats.c1, CHAT);
  assert.equal(state.open, "c1");
});

test("a chat that a colleague took over leaves the page, and is told once", () => {
  const accepted = { ...PENDING, status: "accepted", text: "Bo has taken over the chat." };
  const state = stateWith(PENDING, accepted, accepted, { ...WELCOME, chats: [] });
  assert.deepEqual([state.chats, state.transfers, state.threads, state.open, state.left], [{}, {}, {}, "", "c1"]);
  assert.deepEqual(state.toasts.map(({ text }) => text), ["Bo has taken over the chat."]);
});

test("another chat that is open stays open while one is taken over", () => {
  const other = { ...CHAT, state: { ...CHAT.state, conversation: "c2" } };
  const state = stateWith({ type: "chat", ...other }, { type: "opened", conversation: "c2" }, { ...PENDING, status: "accepted" });
  assert.deepEqual([state.open, Object.keys(state.chats)], ["c2", ["c2"]]);
});

test("a refusal stays until it is put away, also after the next welcome", () => {
  const failed = { ...PENDING, status: "failed", text: "Bo declined: In a demo" };
  const told = stateWith(PENDING, failed);
  assert.equal(told.transfers.c1.text, "Bo declined: In a demo");
  const put = reduce(told, { type: "transfer_dismissed", conversation: "c1" });
  assert.deepEqual(put.transfers, {});
  const again = reduce(put, { ...WELCOME, chats: [CHAT], transfers: [failed] });
  assert.deepEqual(again.transfers, {});
});

test("a second try from another tab hides nothing of the first", () => {
  const refused = { type: "transfer", conversation: "c1", status: "refused", text: "A colleague is being asked already." };
  assert.equal(stateWith(PENDING, refused).transfers.c1.id, "t1");
  assert.equal(stateWith(refused).transfers.c1.status, "refused");
});

test("a welcome says what is pending, and takes away what isn't", () => {
  const state = stateWith({ ...WELCOME, chats: [CHAT], transfers: [PENDING] });
  assert.equal(state.transfers.c1.id, "t1");
  assert.deepEqual(reduce(state, { ...WELCOME, chats: [CHAT] }).transfers, {});
});

test("what was taken back, and news of a chat that isn't here, show nothing", () => {
  assert.deepEqual(stateWith(PENDING, { ...PENDING, status: "withdrawn" }).transfers, {});
  assert.deepEqual(stateWith({ ...PENDING, conversation: "gone" }).transfers, {});
  assert.equal(stateWith({ ...PENDING, conversation: "gone", status: "accepted" }).toasts.length, 0);
});

test("the search finds by every word, in the server's order", () => {
  const targets = ["Bo Dahl", "Eve Dahlgren", "Sales"].map((name, id) => ({ kind: "agent", id, name }));
  assert.deepEqual(findTargets(targets, " dahl ").map(({ name }) => name), ["Bo Dahl", "Eve Dahlgren"]);
  assert.deepEqual(findTargets(targets, "DAHL eve").map(({ name }) => name), ["Eve Dahlgren"]);
  assert.equal(findTargets(targets, "").length, 3);
  assert.equal(findTargets(targets, "nobody").length, 0);
});

test("the banner says who hands over whom", () => {
  const say = (key, { sender, name }) => `${sender} hands over ${name}`;
  const visitor = { name: "Vera", company: "Acme" };
  assert.equal(titleOf({ visitor }, say), "Vera · Acme");
  assert.equal(titleOf({ visitor, handover: { sender: "Ida" } }, say), "Ida hands over Vera · Acme");
});

test("the banner quotes what the visitor said last, but no answer twice", () => {
  const handover = { sender: "Ida", answers: [{ question: "What for?", answer: "Sales" }] };
  assert.equal(quoteOf({ last_text: "Sales", handover }), "");
  assert.equal(quoteOf({ last_text: "Are you there?", handover }), "“Are you there?”");
  assert.equal(quoteOf({ last_text: "Sales" }), "“Sales”");
  assert.equal(quoteOf({}), "");
});
