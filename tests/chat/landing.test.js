import assert from "node:assert/strict";
import { test } from "node:test";

import { startFlow } from "../../chat/static/chat/landing/landing.js";

function makePlace(dataset) {
  const listeners = [];
  const consent = { isGone: false, remove: () => (consent.isGone = true) };
  const button = { addEventListener: (_name, listener) => listeners.push(listener) };
  const click = () => listeners.forEach((listener) => listener({ target: { closest: () => consent } }));
  return { place: { id: "flow", dataset, querySelector: () => button }, click, consent };
}

test("the flow is asked for before the chat is there (DG-20)", () => {
  const scope = {};
  startFlow(makePlace({ flow: "demo" }).place, scope);
  assert.deepEqual(scope.Switchboard.q, [["flow", "demo", { inside: "#flow" }]]);
});

test("the flow is asked for where the chat came first", () => {
  const calls = [];
  startFlow(makePlace({ flow: "demo" }).place, { Switchboard: { q: { push: (call) => calls.push(call) } } });
  assert.deepEqual(calls, [["flow", "demo", { inside: "#flow" }]]);
});

test("where consent is asked for, the click gives it and starts the flow", () => {
  const scope = {};
  const { place, click, consent } = makePlace({ flow: "demo", asksConsent: "" });
  startFlow(place, scope);
  assert.deepEqual(scope.Switchboard.q, []);
  click();
  assert.deepEqual(scope.Switchboard.q, [["consent", true], ["flow", "demo", { inside: "#flow" }]]);
  assert.equal(consent.isGone, true);
});
