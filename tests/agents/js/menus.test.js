import assert from "node:assert/strict";
import { test } from "node:test";

/** What is around a menu: a page that finds it while it is open. */
const page = new EventTarget();
const [inside, outside] = [{}, {}];
const menu = {
  open: false,
  hasFocus: false,
  contains: (node) => node === inside,
  querySelector: () => ({ focus: () => (menu.hasFocus = true) }),
};
page.querySelectorAll = () => (menu.open ? [menu] : []);
globalThis.document = page;
await import("../../../agents/static/agents/menus.js");

function happen(name, facts) {
  const event = new Event(name);
  for (const [key, value] of Object.entries(facts)) Object.defineProperty(event, key, { value });
  page.dispatchEvent(event);
}

test("Esc closes an open menu and gives the focus back, and leaves a closed one alone (LC-43)", () => {
  happen("keydown", { key: "Escape" });
  assert.equal(menu.hasFocus, false);
  menu.open = true;
  happen("keydown", { key: "a" });
  assert.equal(menu.open, true);
  happen("keydown", { key: "Escape" });
  assert.deepEqual([menu.open, menu.hasFocus], [false, true]);
});

test("a menu closes when somebody clicks or steps elsewhere, not inside", () => {
  for (const name of ["click", "focusin"]) {
    menu.open = true;
    happen(name, { target: inside });
    assert.equal(menu.open, true, name);
    happen(name, { target: outside });
    assert.equal(menu.open, false, name);
  }
});
