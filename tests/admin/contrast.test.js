import assert from "node:assert/strict";
import { test } from "node:test";

import { describeColour, isColour } from "../../chat/static/chat/widget/look/contrast.js";

const told = (colour) => Object.fromEntries(describeColour(colour).map(({ words, ratio, instead }) => [words, [ratio, instead]]));

test("a strong colour is good for everything, and nothing is said to be mended", () => {
  const facts = told("#0b5fff");
  assert.deepEqual(Object.keys(facts).slice(0, 3), ["white", "seen-light", "seen-dark"]);
  assert.equal(facts.white[1], undefined);
  assert.ok(facts.white[0] >= 4.5);
});

test("on a light colour the text is black, and the button gets an edge on a white page", () => {
  const facts = told("#ffd400");
  const [white, black] = facts.black;
  assert.ok(white < 4.5 && black >= 4.5, `${white}, ${black}`);
  const [bare, edged] = facts["edge-light"];
  assert.ok(bare < 3 && edged >= 3, `${bare}, ${edged}`);
  assert.ok("seen-dark" in facts && "darker" in facts && !("lighter" in facts));
});

test("on a dark page it is the dark colour that gets an edge", () => {
  const facts = told("#0a0a14");
  assert.ok("edge-dark" in facts && "seen-light" in facts && "lighter" in facts && !("darker" in facts));
});

test("only a whole colour is one", () => {
  assert.deepEqual(["#0b5fff", "#ABCDEF", "#fff", "0b5fff", "#0b5ffg", "#0b5fff ", ""].map(isColour), [true, true, false, false, false, false, false]);
});
