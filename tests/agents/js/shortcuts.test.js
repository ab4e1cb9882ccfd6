import assert from "node:assert/strict";
import { test } from "node:test";

import { isCommandKey, Keys, stepFrom } from "../../../agents/static/agents/shortcuts.js";

const key = (name, rest = {}) => ({ key: name, ...rest });

test("single keys mean something while nobody writes (LC-43)", () => {
  const keys = new Keys();
  assert.deepEqual(["j", "k", "/", "?", "[", "x"].map((name) => keys.press(key(name))), [
    "next",
    "previous",
    "canned",
    "sheet",
    "panel",
    "",
  ]);
});

test("every key and pair means what it is known for, with the capitals locked too (LC-43)", () => {
  const keys = new Keys();
  const expected = {
    j: "next", k: "previous", r: "reply", n: "note", a: "attach", t: "transfer", e: "end", z: "undo_end",
    "g i": "go_inbox", "g b": "go_board", "g s": "go_settings",
  };
  for (const [names, meaning] of Object.entries(expected)) {
    assert.equal(names.split(" ").map((name) => keys.press(key(name))).at(-1), meaning, names);
    assert.equal(names.split(" ").map((name) => keys.press(key(name.toUpperCase()))).at(-1), meaning, names);
  }
  for (const name of ["E", "e"]) assert.equal(keys.press(key(name, { shiftKey: true })), "end_next");
});

test("keys mean nothing in a field or a dialogue, and nothing once switched off (LC-43)", () => {
  const keys = new Keys();
  assert.equal(keys.press(key("j"), { isBusy: true }), "");
  for (const name of ["j", "?", "["]) assert.equal(keys.press(key(name), { isOn: false }), "");
});

test("the browser's own keys stay the browser's; signs that need Alt or AltGr still count", () => {
  const keys = new Keys();
  for (const held of ["ctrlKey", "metaKey", "altKey", "shiftKey", "isComposing", "repeat", "defaultPrevented"]) {
    assert.equal(keys.press(key("r", { [held]: true })), "", held);
  }
  assert.equal(keys.press(key("[", { altKey: true })), "panel");
  assert.equal(keys.press(key("[", { altKey: true, ctrlKey: true })), "panel");
  assert.equal(keys.press(key("[", { ctrlKey: true })), "");
  assert.equal(keys.press(key("?", { shiftKey: true })), "sheet");
});

test("a pair is two keys within a moment, and what was typed in a field is no half of one", () => {
  let now = 0;
  const keys = new Keys(() => now);
  const type = (name, options) => keys.press(key(name), options);
  assert.deepEqual([type("g"), type("i")], ["", "go_inbox"]);
  assert.deepEqual([type("g"), type("j")], ["", "next"]);
  type("g");
  now += 1_500;
  assert.equal(type("s"), "");
  assert.deepEqual([type("g", { isBusy: true }), type("i")], ["", ""]);
});

test("steps stop at both ends of the list, and begin at one from outside of it", () => {
  assert.deepEqual([stepFrom(0, 1, 3), stepFrom(2, 1, 3), stepFrom(0, -1, 3)], [1, 2, 0]);
  assert.deepEqual([stepFrom(-1, 1, 3), stepFrom(-1, -1, 3), stepFrom(-1, 1, 0)], [0, 2, -1]);
});

test("the command bar has Ctrl+K, or Cmd+K on a Mac, whose Ctrl+K is for writing (LC-43)", () => {
  const ctrl = key("k", { ctrlKey: true });
  const cmd = key("k", { metaKey: true });
  assert.deepEqual([isCommandKey(ctrl), isCommandKey(cmd)], [true, false]);
  assert.deepEqual([isCommandKey(ctrl, { isMac: true }), isCommandKey(cmd, { isMac: true })], [false, true]);
  assert.equal(isCommandKey(key("K", { ctrlKey: true })), true, "with the capitals locked");
  assert.equal(isCommandKey(key("л", { ctrlKey: true, code: "KeyK" })), true, "on a Cyrillic keyboard");
  assert.equal(isCommandKey(key("t", { ctrlKey: true, code: "KeyK" })), false, "K's place on a Dvorak keyboard");
  for (const held of ["altKey", "shiftKey", "repeat", "isComposing", "metaKey"]) {
    assert.equal(isCommandKey({ ...ctrl, [held]: true }), false, held);
  }
  assert.equal(isCommandKey({ ...cmd, ctrlKey: true }, { isMac: true }), false);
  assert.equal(isCommandKey(key("k")), false);
});
