import assert from "node:assert/strict";
import { test } from "node:test";
import { allWays, branchOf, buildTree, nodesOf, waysOf, wayTo, wordsOf } from "../../chat/static/chat/designer/tree.js";
import { ask, human, sample, say, stream, TYPES } from "./schema.js";

const kinds = (of) => [...nodesOf(buildTree(of, TYPES))].map((node) => node.id ?? node.kind);

test("ways are read from the card's form, rows named by their words", () => {
  assert.deepEqual(waysOf(ask("?", "a", null), TYPES).map(({ field, target, label }) => [field, target, label]), [
    ["choices.0.next", "a", "Choice 0"],
    ["choices.1.next", null, "Choice 1"],
  ]);
  assert.deepEqual(waysOf({ type: "branch", then: "a" }, TYPES).map((way) => way.label), ["Then", "Otherwise"]);
  assert.equal(waysOf(say("x", "y"), TYPES)[0].label, "");
});

test("a single answer keeps its name", () => assert.equal(waysOf(ask("?", "a"), TYPES)[0].label, "Choice 0"));

test("what stands behind a last card is still shown, as astray", () => {
  assert.equal(waysOf({ ...human(), next: "a" }, TYPES)[0].stray, true);
  assert.deepEqual(waysOf(human(), TYPES), []);
});

test("the tree begins with the start and shows every end", () => {
  assert.deepEqual(kinds(sample()), ["start", "hello", "topic", "prices", "human", "handover", "bye", "end"]);
  assert.deepEqual(kinds(stream(null, {})), ["start", "end"]);
});

test("loops, second ways and missing cards are shown as jumps, each card once", () => {
  const found = [...nodesOf(buildTree(stream("a", { a: say("A", "b"), b: ask("B", "a", "gone") }), TYPES))];
  assert.deepEqual(found.map((node) => node.kind), ["start", "card", "card", "jump", "jump"]);
  assert.deepEqual(found.slice(3).map((node) => node.isMissing), [false, true]);
});

test("what no branch reaches stands beside it, from its own first card, also in a circle", () => {
  const cards = { a: say("A"), c: say("C"), b: say("B", "c"), x: say("X", "y"), y: say("Y", "x") };
  assert.deepEqual(kinds(stream("a", cards)), ["start", "a", "end", "b", "c", "end", "x", "y", "x"]);
});

test("a branch is a card with everything behind it", () => {
  assert.deepEqual([...branchOf(sample(), TYPES, "topic")].sort(), ["bye", "human", "prices", "topic"]);
});

test("the way to a card", () => {
  assert.deepEqual(wayTo(sample(), TYPES, "hello"), { card: null, field: "start" });
  assert.deepEqual(wayTo(sample(), TYPES, "bye"), { card: "topic", field: "choices.1.next" });
  assert.equal(wayTo(stream(null, { a: say("A") }), TYPES, "a"), null);
});

test("all ways in the order they are met", () => {
  assert.deepEqual(allWays(sample(), TYPES).map((way) => `${way.card}.${way.field}`), [
    "null.start", "hello.next", "topic.choices.0.next", "prices.next", "topic.choices.1.next", "bye.next",
  ]);
});

test("cards of a type that nobody described are drawn all the same", () => {
  const odd = stream("a", { a: { type: "new", name: "Odd" } });
  assert.deepEqual(kinds(odd), ["start", "a", "handover"]);
  assert.equal(wordsOf(odd.cards.a, TYPES), "Odd");
});
