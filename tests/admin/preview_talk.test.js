import assert from "node:assert/strict";
import { test } from "node:test";

import { createTalk } from "../../config/installation/static/installation/preview_talk.js";

const LINES = {
  greeting: "Hi", question: "What?", choices: ["Sales", "Prices"], agent: "Alex", visitor: "Do you?", reply: "We do",
  thanks: "Thanks", answered: "Here it goes on",
};
const NOW = Date.parse("2026-03-02T12:00:00Z");
const hello = { type: "hello", protocol: 1 };
const start = (scene) => createTalk(scene, LINES, () => NOW);

function numbers(frames) {
  return frames.flatMap((frame) => frame.messages ?? [frame]).filter((frame) => frame.type === "message").map((frame) => frame.seq);
}

test("a dialogue waits for one of its answers", () => {
  const [welcome] = start("dialogue").take(hello);
  assert.equal(welcome.type, "welcome");
  assert.equal(welcome.state.phase, "bot");
  assert.deepEqual([welcome.state.awaiting, welcome.state.can], [welcome.messages[1].ask.card, ["answer"]]);
  assert.deepEqual(welcome.messages[1].ask.choices.map((choice) => choice.label), LINES.choices);
  assert.equal(welcome.state.last_seq, welcome.messages.length);
});

test("a live chat has an agent, and nothing in it lies in the future", () => {
  const [{ state, messages }] = start("chat").take(hello);
  assert.deepEqual([state.phase, state.agent.name, state.can], ["active", "Alex", ["post"]]);
  assert.deepEqual(messages.map((message) => message.seq), messages.map((_, place) => place + 1));
  assert.ok(messages.every((message) => Date.parse(message.at) <= NOW));
});

test("the first answer brings the agent, any other what a dialogue would say", () => {
  const talk = start("dialogue");
  talk.take(hello);
  const frames = talk.take({ type: "answer", card: "question", client_id: "c1", value: "choice-0" });
  assert.deepEqual(frames.map((frame) => frame.type), ["accepted", "message", "message", "message", "state"]);
  assert.deepEqual([frames[1].text, frames[1].client_id], ["Sales", "c1"]);
  assert.equal(frames.at(-1).phase, "active");
  assert.deepEqual(numbers(frames), [3, 4, 5]);
  const other = start("dialogue");
  const [, own, said, state] = other.take({ type: "answer", card: "question", client_id: "c2", value: "choice-1" });
  assert.deepEqual([own.text, said.text, state.phase, state.awaiting], ["Prices", LINES.answered, "bot", ""]);
});

test("what is written is acknowledged, as a server would", () => {
  const [ack, state] = start("chat").take({ type: "post", client_id: "c3", text: "Hello" });
  assert.deepEqual([ack.type, ack.client_id, ack.text, ack.seq], ["ack", "c3", "Hello", state.last_seq]);
});

test("a ping is answered with its mark, and what a preview has no answer for with nothing", () => {
  const talk = start("chat");
  assert.deepEqual(talk.take({ type: "ping", mark: "m" }).map(({ type, mark }) => [type, mark]), [["pong", "m"]]);
  assert.deepEqual(["typing", "mark", "end", "facts"].flatMap((type) => talk.take({ type })), []);
});

test("a second tab of the same talk hears everything from the start", () => {
  const talk = start("dialogue");
  talk.take({ type: "answer", card: "question", client_id: "c1", value: "choice-0" });
  assert.deepEqual(numbers(talk.take(hello)), [1, 2, 3, 4, 5]);
});
