import assert from "node:assert/strict";
import { test } from "node:test";
import { History } from "../../chat/static/chat/designer/history.js";

test("what is done is undone and redone, with its name and place", () => {
  const history = new History("a");
  history.push("b", { label: "Add", focus: "x" });
  history.push("c", { label: "Delete" });
  assert.equal(history.undoLabel, "Delete");
  history.undo();
  const undone = history.undo();
  assert.deepEqual([undone.label, undone.focus, history.stream, history.canUndo], ["Add", "x", "a", false]);
  assert.equal(history.redoLabel, "Add");
  history.redo();
  assert.equal(history.stream, "b");
});

test("a new step takes the place of what was undone", () => {
  const history = new History("a");
  history.push("b", { label: "B" });
  history.undo();
  history.push("c", { label: "C" });
  assert.equal(history.canRedo, false);
  assert.equal(history.stream, "c");
});

test("the letters of one field are one step, until it is left", () => {
  const history = new History(0);
  for (const value of [1, 2, 3]) history.push(value, { label: "Edit", group: "card.text" });
  history.closeGroup();
  history.push(4, { label: "Edit", group: "card.text" });
  history.undo();
  assert.equal(history.stream, 3);
  history.undo();
  assert.equal(history.stream, 0);
});

test("nothing changed is no step", () => {
  const history = new History("a");
  history.push("a", { label: "Nothing" });
  assert.equal(history.canUndo, false);
  assert.equal(history.undo(), null);
  assert.equal(history.redo(), null);
});

test("a thousand steps are remembered", () => {
  const history = new History(0);
  for (let step = 1; step <= 1_000; step += 1) history.push(step, { label: `${step}` });
  while (history.undo());
  assert.equal(history.stream, 0);
});
