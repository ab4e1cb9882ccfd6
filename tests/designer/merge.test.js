import assert from "node:assert/strict";
import { test } from "node:test";
import { changedCards, merge } from "../../chat/static/chat/designer/merge.js";
import { insertCard, removeCard, setField } from "../../chat/static/chat/designer/operations.js";
import { nodesOf, buildTree } from "../../chat/static/chat/designer/tree.js";
import { human, sample, say, TYPES } from "./schema.js";

const at = (card, field = "next") => ({ card, field });

test("what only one side changed merges by itself", () => {
  const mine = setField(sample(), "hello", "text", "Mine");
  const theirs = setField(sample(), "bye", "text", "Theirs");
  const { stream, conflicts } = merge(sample(), mine, theirs, TYPES);
  assert.deepEqual(conflicts, []);
  assert.equal(stream.cards.hello.text, "Mine");
  assert.equal(stream.cards.bye.text, "Theirs");
});

test("different fields and answers of one card merge too", () => {
  const mine = setField(setField(sample(), "topic", "text", "Mine"), "topic", "choices.0.label", "Mine");
  const theirs = setField(sample(), "topic", "choices", [...sample().cards.topic.choices, { id: "c9", label: "Theirs", next: null }]);
  const { stream, conflicts } = merge(sample(), mine, theirs, TYPES);
  assert.deepEqual(conflicts, []);
  assert.deepEqual(stream.cards.topic.choices.map((row) => row.label), ["Mine", "Choice 1", "Theirs"]);
});

test("the same field changed by both is asked about, and either can be taken", () => {
  const mine = setField(sample(), "hello", "text", "Mine");
  const theirs = setField(sample(), "hello", "text", "Theirs");
  const { conflicts, stream } = merge(sample(), mine, theirs, TYPES);
  assert.deepEqual(conflicts, [{ id: "hello", field: "text", mine: "Mine", theirs: "Theirs" }]);
  assert.equal(stream.cards.hello.text, "Mine");
  assert.equal(merge(sample(), mine, theirs, TYPES, () => "theirs").stream.cards.hello.text, "Theirs");
});

test("the same change by both is none to ask about", () => {
  const same = setField(sample(), "hello", "text", "Same");
  assert.deepEqual(merge(sample(), same, structuredClone(same), TYPES).conflicts, []);
});

test("a card that one deleted and the other changed is asked about", () => {
  const mine = setField(sample(), "prices", "text", "Mine");
  const theirs = removeCard(sample(), TYPES, "prices");
  const { conflicts, stream } = merge(sample(), mine, theirs, TYPES);
  assert.deepEqual(conflicts.map((each) => each.id), ["prices"]);
  assert.equal(stream.cards.prices.text, "Mine");
});

test("cards that both added in different places are all there, and reached", () => {
  const mine = insertCard(sample(), TYPES, at("hello"), "m", say("Mine"));
  const theirs = insertCard(sample(), TYPES, at("bye"), "t", human());
  const { stream, conflicts } = merge(sample(), mine, theirs, TYPES);
  assert.deepEqual(conflicts, []);
  assert.deepEqual([stream.cards.hello.next, stream.cards.m.next, stream.cards.bye.next], ["m", "topic", "t"]);
});

test("a way to a card that the other deleted leads to what stood behind it", () => {
  const mine = insertCard(sample(), TYPES, at("topic", "choices.0.next"), "m", say("Mine"));
  const theirs = removeCard(sample(), TYPES, "prices");
  const { stream } = merge(sample(), mine, theirs, TYPES);
  assert.equal(stream.cards.topic.choices[0].next, "m");
  assert.equal(stream.cards.m.next, "human");
  assert.deepEqual([...nodesOf(buildTree(stream, TYPES))].filter((node) => node.kind === "jump"), []);
});

test("merging with nobody's changes gives back what there was", () => {
  assert.deepEqual(merge(sample(), sample(), sample(), TYPES).stream, sample());
});

test("the cards that differ are named", () => {
  assert.deepEqual(changedCards(sample(), setField(sample(), "bye", "text", "x")), ["bye"]);
});
