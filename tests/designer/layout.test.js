import assert from "node:assert/strict";
import { test } from "node:test";
import { GAPS, layOut, lineOf, SIZES } from "../../chat/static/chat/designer/layout.js";
import { buildTree, nodesOf } from "../../chat/static/chat/designer/tree.js";
import { ask, sample, say, stream, TYPES } from "./schema.js";

const placed = (of) => {
  const roots = buildTree(of, TYPES);
  return { roots, ...layOut(roots) };
};

function overlaps(places) {
  const boxes = [...places.entries()];
  return boxes.flatMap(([one, a], index) => boxes.slice(index + 1)
    .filter(([, b]) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h)
    .map(([other]) => `${one} ${other}`));
}

/** A question of questions, uneven, with what no branch reaches beside it. */
function wide() {
  const cards = { q: ask("q", "a", "b", "c"), a: ask("a", "a1", "a2"), b: say("b", "b1"), b1: ask("b1", null, "b2", null), c: ask("c", null), x: say("x") };
  for (const id of ["a1", "a2", "b2"]) cards[id] = say(id);
  return stream("q", cards);
}

test("nothing overlaps, and all of it is inside the margins", () => {
  for (const of of [sample(), wide(), stream(null, {})]) {
    const { places, width, height } = placed(of);
    assert.deepEqual(overlaps(places), []);
    for (const { x, y, w, h } of places.values()) {
      assert.ok(x >= GAPS.margin && y >= GAPS.margin && x + w <= width - GAPS.margin && y + h <= height - GAPS.margin);
    }
  }
});

test("a parent stands in the middle over its branches, branches in their order", () => {
  const { roots, places } = placed(wide());
  for (const node of nodesOf(roots)) {
    if (!node.children.length) continue;
    const middles = node.children.map((child) => places.get(child.key).x + places.get(child.key).w / 2);
    const middle = places.get(node.key).x + places.get(node.key).w / 2;
    assert.ok(Math.abs(middle - (middles[0] + middles.at(-1)) / 2) <= 1);
    assert.deepEqual(middles, [...middles].sort((one, other) => one - other));
  }
});

test("a long stream of five hundred cards is laid out fast", () => {
  const cards = Object.fromEntries(Array.from({ length: 500 }, (_n, i) => [`c${i}`, i % 9 === 8 ? ask("?", `c${i + 1}`, null) : say("x", i < 499 ? `c${i + 1}` : null)]));
  const begun = performance.now();
  const { places } = placed(stream("c0", cards));
  assert.ok(places.size > 500);
  assert.ok(performance.now() - begun < 2_000);
});

test("a way between two cards is a line that goes down, across and down", () => {
  assert.equal(lineOf({ x1: 10, y1: 0, x2: 10, y2: 50 }), "M10 0V50");
  assert.match(lineOf({ x1: 10, y1: 0, x2: 200, y2: 90 }), /^M10 0V11Q10 22 21 22H189Q200 22 200 33V90$/);
  assert.ok(SIZES.card.w > SIZES.end.w);
});
