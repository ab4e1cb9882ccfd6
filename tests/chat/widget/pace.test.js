// The pause before each card (DG-17).
import assert from "node:assert/strict";
import test from "node:test";
import { createPace } from "../../../chat/static/chat/widget/panel/pace.js";
import { createWorld } from "./world.js";

const bot = (seq) => ({ seq, author: "bot" });
const visitor = (seq) => ({ seq, author: "visitor" });

function createPaced({ delay = 600, isCalm = false } = {}) {
  const world = createWorld();
  const turned = [];
  const pace = createPace({ delay, env: world.env, isCalm: () => isCalm, onTurn: (messages) => turned.push(...messages.map(({ seq }) => seq)) });
  return { ...world, pace, turned };
}

test("cards come one after the other, each after its pause", async () => {
  const { pace, pass, turned } = createPaced();
  assert.deepEqual(pace.take([bot(1), bot(2)], true), []);
  assert.deepEqual(pace.shown([bot(1), bot(2)]), []);
  await pass(600);
  assert.deepEqual([turned, pace.isBusy()], [[1], true]);
  assert.deepEqual(pace.shown([bot(1), bot(2)]), [bot(1)]);
  await pass(600);
  assert.deepEqual([turned, pace.isBusy()], [[1, 2], false]);
});

test("behind a card that waits everything waits, but the visitor's own words wait for nothing", async () => {
  const { pace, pass, turned } = createPaced();
  pace.take([bot(1)], true);
  assert.deepEqual(pace.take([{ seq: 2, author: "system" }], true), []);
  assert.deepEqual(pace.take([visitor(3), bot(4)], true).map(({ seq }) => seq), [1, 2, 3]);
  await pass(600);
  assert.deepEqual(turned, [4]);
});

test("agents, and everything where nobody looks or motion isn't wanted, come at once", () => {
  assert.equal(createPaced().pace.take([{ seq: 1, author: "agent" }], true).length, 1);
  assert.equal(createPaced().pace.take([bot(1)], false).length, 1);
  assert.equal(createPaced({ isCalm: true }).pace.take([bot(1)], true).length, 1);
  assert.equal(createPaced({ delay: 0 }).pace.take([bot(1)], true).length, 1);
});

test("closed before its turn, a card is there and no timer is left", () => {
  const { pace, timers } = createPaced();
  pace.take([bot(1), bot(2)], true);
  pace.flush();
  assert.deepEqual([pace.isBusy(), timers(), pace.shown([bot(1)]).length], [false, 0, 1]);
});
