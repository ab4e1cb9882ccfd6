// What the host page is told of a conversation: each event once, over reloads and tabs (DG-19).
import assert from "node:assert/strict";
import test from "node:test";
import { createMemory } from "../../../chat/static/chat/widget/loader/memory.js";
import { createTelling } from "../../../chat/static/chat/widget/panel/telling.js";
import { EMPTY_VIEW } from "../../../chat/static/chat/widget/panel/view.js";
import { createStorage } from "./world.js";

const own = { seq: 2, author: "visitor", kind: "text" };
const seen = (phase, extra = {}) => ({ ...EMPTY_VIEW, conversation: "c1", messages: [], state: { phase, ...extra.state }, ...extra.view });

function createListener(storage = createStorage()) {
  const heard = [];
  const memory = createMemory("t:", () => storage);
  const noted = ["d1.1"];
  const note = (list, name) => !noted.includes(name) && noted.push(name) > 0;
  const telling = createTelling({
    memory, sessions: { touch: () => ({ id: "session-1" }), note }, emit: (name, detail) => heard.push([name, detail]),
    getDialogue: () => ({ id: "d1.1", name: "Prices", kind: "dialogue" }), getUi: () => "chatbot",
  });
  return { telling, heard, storage, noted, names: () => heard.map(([name]) => name) };
}

test("a chat from the first word to the end is told step by step, each once", () => {
  const { telling, names } = createListener();
  const engaged = { view: { messages: [own] } };
  for (const phase of ["bot", "bot", "waiting", "active", "active", "ended", "ended"]) telling.observe(seen(phase, engaged));
  assert.deepEqual(names(), [
    "conversation:engaged", "live-chat:requested", "conversation:completed", "live-chat:initiated", "live-chat:ended", "conversation:closed",
  ]);
});

test("nothing is engaged before the visitor's first response", () => {
  const { telling, names } = createListener();
  telling.observe(seen("bot"));
  assert.deepEqual(names(), []);
});

test("a chat that nobody took timed out, one that was given up was cancelled, a dialogue without one is just completed", () => {
  for (const [phase, expected] of [
    ["missed", ["live-chat:requested", "conversation:completed", "live-chat:timed-out", "conversation:closed"]],
    ["abandoned", ["live-chat:requested", "conversation:completed", "live-chat:cancelled", "conversation:closed"]],
    ["done", ["conversation:completed", "conversation:closed"]],
  ]) {
    const { telling, names } = createListener();
    telling.observe(seen("bot"));
    telling.observe(seen(phase));
    assert.deepEqual(names(), expected);
  }
});

test("every event says which conversation, session and agent it is about", () => {
  const { telling, heard } = createListener();
  telling.observe(seen("bot"));
  telling.observe(seen("active", { state: { agent: { name: "Mateo Silva" } } }));
  assert.deepEqual(heard.at(-1), ["live-chat:initiated", {
    conversation: { id: "c1", name: "Prices", type: "dialogue", ui: "chatbot" }, session: "session-1", agent: { name: "Mateo Silva" },
  }]);
});

test("a reload tells nothing again, and what happened meanwhile once", () => {
  const { telling, storage } = createListener();
  telling.observe(seen("bot", { view: { messages: [own] } }));
  telling.observe(seen("waiting"));
  const after = createListener(storage);
  after.telling.observe(seen("active"));
  assert.deepEqual(after.names(), ["live-chat:initiated"]);
});

test("what another tab has told isn't told again", () => {
  const one = createListener();
  const other = createListener(one.storage);
  for (const tab of [one, other]) tab.telling.observe(seen("bot"));
  for (const tab of [one, other]) tab.telling.observe(seen("done"));
  assert.equal(one.heard.length + other.heard.length, 2);
});

test("a conversation that was over before is history, not news", () => {
  const { telling, names } = createListener();
  telling.observe(seen("ended", { view: { messages: [own] } }));
  assert.deepEqual(names(), []);
});

test("a flow goes by its own name and type", () => {
  const { telling, heard } = createListener();
  telling.flowStarted("ask-for-a-demo");
  telling.observe(seen("bot", { view: { messages: [own] } }));
  assert.deepEqual([heard[0][1].conversation.name, heard[0][1].conversation.type, telling.flow()], ["ask-for-a-demo", "flow", "ask-for-a-demo"]);
});

test("a dialogue that the page's script opened before its time is told as shown, once", () => {
  const { telling, names, noted } = createListener();
  noted.pop();
  telling.observe(seen("bot"));
  telling.observe(seen("bot"));
  assert.deepEqual(names(), ["conversation:triggered"]);
});

test("a flow is told as shown whenever it runs", () => {
  const { telling, names } = createListener();
  telling.flowStarted("demo");
  telling.observe(seen("bot"));
  telling.flowStarted("demo");
  telling.observe({ ...seen("bot"), conversation: "c2" });
  assert.deepEqual(names(), ["conversation:triggered", "conversation:triggered"]);
});

test("a conversation that comes back after a flow isn't told anew", () => {
  const { telling, names } = createListener();
  telling.observe(seen("bot", { view: { messages: [own] } }));
  telling.flowStarted("demo");
  telling.observe({ ...seen("bot"), conversation: "c2" });
  telling.observe(seen("bot", { view: { messages: [own] } }));
  telling.observe(seen("done", { view: { messages: [own] } }));
  assert.deepEqual(names(), ["conversation:engaged", "conversation:triggered", "conversation:completed", "conversation:closed"]);
});
