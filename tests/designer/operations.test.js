import assert from "node:assert/strict";
import { test } from "node:test";
import * as operations from "../../chat/static/chat/designer/operations.js";
import { START, branchOf, nodesOf, buildTree } from "../../chat/static/chat/designer/tree.js";
import { ask, dice, human, sample, say, stream, TYPES } from "./schema.js";

const at = (card, field = "next") => ({ card, field });
const answer = (number) => at("topic", `choices.${number}.next`);

test("a card is put into a way, and what stood there comes behind it", () => {
  const now = operations.insertCard(sample(), TYPES, at("hello"), "new", say("New"));
  assert.equal(now.cards.hello.next, "new");
  assert.equal(now.cards.new.next, "topic");
});

test("what stood behind comes behind the first open end of a question", () => {
  const now = operations.insertCard(sample(), TYPES, START, "new", ask("?", null, null));
  assert.equal(now.start, "new");
  assert.equal(now.cards.new.choices[0].next, "hello");
});

test("a last card goes only where nothing follows", () => {
  assert.equal(operations.insertCard(sample(), TYPES, at("hello"), "new", human()), null);
  assert.equal(operations.insertCard(sample(), TYPES, at("bye"), "new", human()).cards.bye.next, "new");
  assert.equal(operations.fits(sample(), TYPES, at("hello"), human()), false);
});

test("a deleted card is closed up", () => {
  const now = operations.removeCard(sample(), TYPES, "prices");
  assert.equal(now.cards.topic.choices[0].next, "human");
  assert.equal(now.cards.prices, undefined);
  assert.equal(operations.removeCard(sample(), TYPES, "hello").start, "topic");
});

test("of a deleted question one branch stays, the others go", () => {
  const now = operations.removeCard(sample(), TYPES, "topic", "choices.1.next");
  assert.deepEqual(Object.keys(now.cards).sort(), ["bye", "hello"]);
  assert.equal(now.cards.hello.next, "bye");
  assert.deepEqual(Object.keys(operations.removeCard(sample(), TYPES, "topic").cards).sort(), ["hello", "human", "prices"]);
});

test("a branch is deleted as a whole", () => {
  const now = operations.removeBranch(sample(), TYPES, "prices");
  assert.deepEqual(Object.keys(now.cards).sort(), ["bye", "hello", "topic"]);
  assert.equal(now.cards.topic.choices[0].next, null);
});

test("deleting in a circle ends", () => {
  const round = stream("a", { a: say("A", "b"), b: say("B", "a") });
  assert.deepEqual(operations.removeCard(round, TYPES, "a"), stream("b", { b: say("B", null) }));
  assert.deepEqual(operations.removeBranch(round, TYPES, "a"), stream(null, {}));
});

test("a branch moves whole, and what stood in its new way comes behind it", () => {
  const now = operations.move(sample(), TYPES, "bye", at("hello"), true);
  assert.equal(now.cards.hello.next, "bye");
  assert.equal(now.cards.bye.next, "topic");
  assert.equal(now.cards.topic.choices[1].next, null);
});

test("a card moves alone and its branch closes up", () => {
  const now = operations.move(sample(), TYPES, "prices", answer(1), false);
  assert.equal(now.cards.topic.choices[0].next, "human");
  assert.equal(now.cards.topic.choices[1].next, "prices");
  assert.equal(now.cards.prices.next, "bye");
});

test("nothing is moved into itself, to where it is, or before what it can't lead to", () => {
  assert.equal(operations.move(sample(), TYPES, "topic", at("bye"), true), null);
  assert.equal(operations.move(sample(), TYPES, "topic", at("hello"), true), null);
  assert.equal(operations.move(sample(), TYPES, "human", at("hello"), true), null);
  assert.equal(operations.move(sample(), TYPES, "topic", at("bye"), false), null);
});

test("the places a card can move to are those that take it", () => {
  assert.deepEqual(operations.movesOf(sample(), TYPES, "human", true).map((way) => way.card), ["bye"]);
});

test("a pasted branch has ids of its own and leads where the copy led", () => {
  const piece = operations.cutOut(sample(), TYPES, "prices", true);
  const { stream: now, id } = operations.paste(sample(), TYPES, at("bye"), piece, dice());
  assert.equal(now.cards.bye.next, id);
  assert.equal(now.cards[now.cards[id].next].type, "live_chat");
  assert.equal(Object.keys(now.cards).length, 7);
  assert.equal(now.cards.prices.next, "human");
});

test("a copied card alone leads nowhere", () => {
  assert.deepEqual(operations.cutOut(sample(), TYPES, "hello", false), stream("hello", { hello: say("Hi") }));
});

test("with an answer goes the branch behind it", () => {
  const now = operations.removeRow(sample(), TYPES, "topic", "choices", 0);
  assert.deepEqual(now.cards.topic.choices.map((row) => row.id), ["c1"]);
  assert.deepEqual(Object.keys(now.cards).sort(), ["bye", "hello", "topic"]);
});

test("answers change places with their branches", () => {
  const now = operations.moveRow(sample(), "topic", "choices", 0, 1);
  assert.deepEqual(now.cards.topic.choices.map((row) => row.next), ["bye", "prices"]);
  assert.equal(operations.moveRow(sample(), "topic", "choices", 1, 2), null);
});

test("a row's id is made of its words and given once", () => {
  assert.equal(operations.rowId("Más précios!", []), "mas-precios");
  assert.equal(operations.rowId("Prices", [{ id: "prices" }]), "prices-2");
  assert.equal(operations.rowId("価格", [{ id: "row-1" }]), "row-2");
});

test("ids are such as the server takes", () => {
  assert.match(operations.newId(sample(), "live_chat"), /^[a-z0-9_-]{1,40}$/);
});

test("whatever is done at random leaves a tree that holds all its cards", () => {
  const random = dice(7);
  let now = sample();
  const pick = (list) => list[Math.floor(random() * list.length)];
  for (let step = 0; step < 400; step += 1) {
    const ids = Object.keys(now.cards);
    const ways = [START, ...ids.flatMap((id) => [operations.wayAfter(now, TYPES, id)]).filter(Boolean)];
    const act = pick(["insert", "move", "paste", "remove", "removeBranch"]);
    const next = {
      insert: () => operations.insertCard(now, TYPES, pick(ways), operations.newId(now, "x", random), pick([say("m"), ask("q", null, null), human()])),
      move: () => ids.length && operations.move(now, TYPES, pick(ids), pick(ways), random() < 0.5),
      paste: () => ids.length && operations.paste(now, TYPES, pick(ways), operations.cutOut(now, TYPES, pick(ids), random() < 0.5), random)?.stream,
      remove: () => ids.length && operations.removeCard(now, TYPES, pick(ids)),
      removeBranch: () => ids.length > 12 && operations.removeBranch(now, TYPES, pick(ids)),
    }[act]();
    if (!next || Object.keys(next.cards).length > 60) continue;
    now = next;
    const all = [...nodesOf(buildTree(now, TYPES))];
    assert.deepEqual(all.filter((node) => node.kind === "jump"), [], act);
    const reached = now.start ? branchOf(now, TYPES, now.start) : new Set();
    assert.equal(reached.size, Object.keys(now.cards).length, act);
  }
});
