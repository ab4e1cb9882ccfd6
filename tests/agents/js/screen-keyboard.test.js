import assert from "node:assert/strict";
import { test } from "node:test";

import { heightBeside, keepClearOfKeyboard } from "../../../agents/static/agents/screen-keyboard.js";

class Root {
  clientHeight = 800;
  top = 60;
  held = new Map();
  style = {
    setProperty: (name, value) => this.held.set(name, value),
    removeProperty: (name) => this.held.delete(name),
  };
  scrollTo(_, top) {
    this.top = top;
  }
}

class Viewport extends EventTarget {
  height = 800;
  scale = 1;
  become(height, scale = 1) {
    Object.assign(this, { height, scale });
    this.dispatchEvent(new Event("resize"));
  }
}

test("beside a keyboard the page is as high as what is seen, and begins at its top", () => {
  const [root, seen] = [new Root(), new Viewport()];
  keepClearOfKeyboard(root, seen);
  seen.become(460.5);
  assert.equal(root.held.get("--seen-height"), "460px");
  assert.equal(root.top, 0);
  seen.become(800);
  assert.equal(root.held.has("--seen-height"), false);
});

test("a bar of the browser or a page that is zoomed in is no keyboard", () => {
  assert.equal(heightBeside({ height: 700, scale: 1 }, 800), null);
  assert.equal(heightBeside({ height: 400, scale: 2 }, 800), null);
  assert.equal(heightBeside({ height: 400, scale: 1 }, 400), null);
});

test("a browser that tells nothing of its keyboard is left alone", () => {
  assert.doesNotThrow(() => keepClearOfKeyboard(new Root(), null));
});
