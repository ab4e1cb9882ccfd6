import assert from "node:assert/strict";
import { test } from "node:test";
import { diffSetup, diffStreams, isUnchanged, nameCard } from "../../chat/static/chat/designer/diff.js";
import { insertCard, moveRow, removeCard, setField } from "../../chat/static/chat/designer/operations.js";
import { sample, say, TYPES } from "./schema.js";

const WORDS = { end: "the end", added: "new", removed: "gone" };

test("the same stream has no differences, however it is written", () => {
  const bare = sample();
  delete bare.cards.bye.next;
  assert.ok(isUnchanged(diffStreams(sample(), bare, TYPES)));
});

test("cards added and removed", () => {
  const now = removeCard(insertCard(sample(), TYPES, { card: "bye", field: "next" }, "more", say("More")), TYPES, "hello");
  const found = diffStreams(sample(), now, TYPES, WORDS);
  assert.deepEqual(found.added.map((each) => each.id), ["more"]);
  assert.deepEqual(found.removed.map((each) => each.id), ["hello"]);
  assert.deepEqual(found.changed, [{ id: "bye", card: now.cards.bye, fields: [{ label: "next", before: "the end", after: "Message: More" }] }]);
  assert.deepEqual(found.start, { before: "Message: Hi", after: "Question: What?" });
});

test("a changed field says what was and what is, in words", () => {
  const now = setField(setField(sample(), "human", "option", "team"), "topic", "choices.0.value", "price");
  assert.deepEqual(diffStreams(sample(), now, TYPES).changed.map((each) => each.fields), [
    [{ label: "Answers › Choice 0 › value", before: "", after: "price" }],
    [{ label: "Who", before: "Rules", after: "A team" }],
  ]);
});

test("an answer that came, went or moved", () => {
  const rows = sample().cards.topic.choices;
  const gone = setField(sample(), "topic", "choices", [rows[1], { id: "c9", label: "New", next: null }]);
  assert.deepEqual(diffStreams(sample(), gone, TYPES, WORDS).changed[0].fields, [
    { label: "Answers › New", before: "", after: "new" },
    { label: "Answers › Choice 0", before: "gone", after: "" },
  ]);
  const moved = diffStreams(sample(), moveRow(sample(), "topic", "choices", 0, 1), TYPES).changed[0].fields;
  assert.deepEqual(moved, [{ label: "Answers", before: "Choice 0, Choice 1", after: "Choice 1, Choice 0" }]);
});

test("settings that a version froze", () => {
  assert.deepEqual(diffSetup({ language: "en", poke: true, include: [] }, { language: "sv", poke: true }, { language: "Language" }), [
    { label: "Language", before: "en", after: "sv" },
  ]);
});

test("a card's name is short", () => {
  assert.equal(nameCard(say("x".repeat(80)), TYPES).length, "Message: ".length + 58);
  assert.equal(nameCard({ type: "odd" }, TYPES), "odd");
});
