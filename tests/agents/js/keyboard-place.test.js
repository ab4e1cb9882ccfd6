import assert from "node:assert/strict";
import { test } from "node:test";

import { goOnFrom, keepPlaceOfKeyboard } from "../../../agents/static/agents/keyboard-place.js";

const LINK = { pathname: "/inbox/1/", search: "" };

class Held extends Map {
  getItem = (key) => this.get(key) ?? null;
  setItem = (key, value) => this.set(key, value);
  removeItem = (key) => this.delete(key);
}

/** A page with a list, a chat and the first of the older ones; `focused` tells what was given the focus. */
function openPage(held, here) {
  const focused = [];
  const place = (name) => ({ focus: () => focused.push(name) });
  const list = new EventTarget();
  keepPlaceOfKeyboard({ list, chat: place("chat"), older: place("older"), held, here });
  return { list, focused };
}

function click(list, link, facts = {}) {
  const event = new Event("click", { cancelable: true });
  Object.defineProperty(event, "target", { value: { closest: () => link } });
  for (const [name, value] of Object.entries({ detail: 0, ...facts })) Object.defineProperty(event, name, { value });
  list.dispatchEvent(event);
}

test("whoever opens a past chat by keyboard goes on in it, once (LC-43)", () => {
  const held = new Held();
  click(openPage(held, { pathname: "/inbox/", search: "" }).list, LINK);
  assert.deepEqual(openPage(held, LINK).focused, ["chat"]);
  assert.deepEqual(openPage(held, LINK).focused, []);
});

test("older chats go on where the newer ones end (LC-43)", () => {
  const [held, older] = [new Held(), { pathname: "/inbox/", search: "?before=7" }];
  click(openPage(held, { pathname: "/inbox/", search: "" }).list, older);
  assert.deepEqual(openPage(held, older).focused, ["older"]);
});

test("neither a pointer, a new tab nor what opens in place moves the focus of a page", () => {
  for (const facts of [{ detail: 1 }, { ctrlKey: true }, { metaKey: true }, { defaultPrevented: true }]) {
    const held = new Held();
    click(openPage(held, { pathname: "/inbox/", search: "" }).list, LINK, facts);
    assert.deepEqual(openPage(held, LINK).focused, [], JSON.stringify(facts));
  }
});

test("another page than the one that was opened is left alone", () => {
  const held = new Held();
  click(openPage(held, { pathname: "/inbox/", search: "" }).list, LINK);
  assert.deepEqual(openPage(held, { pathname: "/inbox/2/", search: "" }).focused, []);
});

test("where the focus went out of sight it comes to what is there instead, and is taken from nowhere else (LC-43)", () => {
  const body = { checkVisibility: () => true };
  const node = (isSeen) => ({ checkVisibility: () => isSeen });
  for (const [activeElement, isMoved] of [[null, true], [body, true], [node(false), true], [node(true), false]]) {
    let count = 0;
    goOnFrom({ focus: () => (count += 1) }, { activeElement, body });
    assert.equal(count === 1, isMoved);
  }
  goOnFrom(null, { activeElement: body, body });
});
