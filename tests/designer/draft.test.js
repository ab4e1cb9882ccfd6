import assert from "node:assert/strict";
import { test } from "node:test";
import { Draft } from "../../chat/static/chat/designer/draft.js";

const one = { start: null, cards: { a: { text: "1" } } };
const two = { start: null, cards: { a: { text: "2" } } };
const three = { start: null, cards: { a: { text: "3" } } };

function open(answers) {
  const kept = new Map();
  const waiting = [];
  const told = [];
  const sent = [];
  const conflicts = [];
  const storage = { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value), removeItem: (key) => kept.delete(key) };
  const draft = new Draft({
    key: "draft", stream: one, revision: 1, storage: () => storage,
    timers: { setTimeout: (act, delay) => waiting.push({ act, delay }), clearTimeout: () => waiting.splice(0) },
    send: async (stream, revision) => {
      sent.push([stream, revision]);
      const answer = answers.shift();
      if (answer instanceof Error) throw answer;
      return typeof answer === "function" ? answer() : answer;
    },
    onStatus: (status) => told.push(status), onConflict: (conflict) => conflicts.push(conflict),
  });
  return { draft, kept, waiting, told, sent, conflicts };
}

test("a change is saved soon, on top of what the server had, and not kept here any longer", async () => {
  const { draft, kept, waiting, told, sent } = open([{ revision: 2 }]);
  draft.change(two);
  assert.equal(JSON.parse(kept.get("draft")).stream.cards.a.text, "2");
  assert.equal(waiting.length, 1);
  assert.equal(await draft.flush(), true);
  assert.deepEqual(sent, [[two, 1]]);
  assert.deepEqual(told, ["unsaved", "saving", "saved"]);
  assert.equal(kept.size, 0);
  assert.equal(draft.revision, 2);
});

test("without a connection it is kept here and tried again, later each time", async () => {
  const { draft, kept, waiting, sent } = open([new Error("away"), new Error("away"), { revision: 2 }]);
  draft.change(two);
  await draft.flush();
  assert.equal(draft.status, "offline");
  assert.equal(waiting[0].delay, 1_000);
  draft.change(three);
  assert.equal(draft.status, "offline");
  await draft.flush();
  assert.equal(waiting[0].delay, 2_000);
  assert.equal(draft.recover().stream.cards.a.text, "3");
  draft.nudge();
  await draft.flush();
  assert.deepEqual([draft.status, sent.length, kept.size], ["saved", 3, 0]);
});

test("what is changed while it is saved is saved afterwards", async () => {
  const opened = open([() => (opened.draft.change(three), { revision: 2 }), { revision: 3 }]);
  opened.draft.change(two);
  await opened.draft.flush();
  assert.equal(opened.draft.status, "unsaved");
  await opened.draft.flush();
  assert.deepEqual(opened.sent, [[two, 1], [three, 2]]);
});

test("another's draft stops the saving until somebody has decided, and loses nothing", async () => {
  const { draft, conflicts, sent, kept } = open([{ conflict: { revision: 5, stream: one } }, { revision: 6 }]);
  draft.change(two);
  assert.equal(await draft.flush(), false);
  assert.equal(conflicts.length, 1);
  draft.change(three);
  assert.equal(await draft.flush(), false);
  assert.equal(sent.length, 1);
  assert.ok(kept.size);
  draft.rebase(one, 5, three);
  assert.equal(await draft.flush(), true);
  assert.deepEqual(sent[1], [three, 5]);
});

test("what the server can't read says why and is tried again after the next change", async () => {
  const { draft } = open([{ refused: "No." }, { revision: 2 }]);
  draft.change(two);
  await draft.flush();
  assert.deepEqual([draft.status, draft.problem], ["refused", "No."]);
  draft.change(three);
  assert.equal(await draft.flush(), true);
});

test("undone to what the server has is saved already", () => {
  const { draft, kept, told } = open([]);
  draft.change(two);
  draft.change(one);
  assert.deepEqual([told.at(-1), kept.size], ["saved", 0]);
});

test("what lies here and can't be read is nothing", () => {
  const { draft, kept } = open([]);
  for (const text of ["{", "{}", "null", '{"stream": 1}']) {
    kept.set("draft", text);
    assert.equal(draft.recover(), null);
  }
});
