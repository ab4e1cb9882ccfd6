import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { MentionPicker } from "../../../agents/static/agents/mention-picker.js";
import { Drafts } from "../../../agents/static/agents/outbox.js";

let asked, composer, box, picker;

/** A node of the page, as far as the picker looks at it. */
function makeNode() {
  const node = new EventTarget();
  return Object.assign(node, { hidden: true, textContent: "", value: "", selectionStart: 0, selectionEnd: 0 });
}

beforeEach(() => {
  const nodes = new Map();
  const querySelector = (name) => nodes.get(name) ?? nodes.set(name, makeNode()).get(name);
  globalThis.document = { querySelector, documentElement: { lang: "en" }, activeElement: null };
  asked = [];
  globalThis.fetch = async (address) => (asked.push(address), { ok: true, json: async () => ({ colleagues: [] }) });
  composer = { isNote: false };
  const store = { state: { open: "a" }, subscribe: () => {} };
  const facts = { config: { inboxUrl: "/inbox/" }, say: (key) => key, drafts: new Drafts(null, 7), isBusy: () => false };
  picker = new MentionPicker({ store, composer, ...facts });
  box = picker.box;
});

test("whom a note may call is asked for when it is begun, once, before anybody types a name (LC-42)", async () => {
  document.activeElement = box;
  picker.showTold();
  Object.assign(composer, { isNote: true });
  document.activeElement = null;
  picker.showTold();
  assert.deepEqual(asked, [], "who writes a reply, or looks at a chat that is over, calls nobody");
  globalThis.fetch = async (address) => (asked.push(address), { ok: false });
  document.activeElement = box;
  for (const _letter of "abc") {
    picker.showTold();
    await new Promise(setImmediate);
  }
  assert.deepEqual(asked, ["/inbox/a/colleagues/"], "without a network not with every letter");
});
