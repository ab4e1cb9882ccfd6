import assert from "node:assert/strict";
import { test } from "node:test";

import { findReplies } from "../../../agents/static/agents/canned-search.js";
import { fillIn, valuesOf } from "../../../agents/static/agents/canned-text.js";

const reply = (code, title = code, text = "") => ({ code, title, text });
const LIBRARY = [
  reply("delivery", "How long delivery takes"),
  reply("hello", "Greeting", "Hi there"),
  reply("price-list", "Prislåga"),
  reply("prices", "All prices"),
];
const codes = (typed) => findReplies(LIBRARY, typed).map((each) => each.code);
const LABELS = { "visitor.first_name": "first name", "visitor.company": "company" };

test("nothing typed yet shows everything (LC-42)", () => assert.equal(codes("").length, 4));

test("finds by code first, then title, then text, and letters with gaps (LC-42)", () => {
  assert.deepEqual(codes("pri"), ["price-list", "prices"]);
  assert.deepEqual(codes("prices"), ["prices", "price-list"]);
  assert.deepEqual(codes("prl"), ["price-list"]);
  assert.deepEqual(codes("greet"), ["hello"]);
  assert.deepEqual(codes("hwl"), ["delivery"]);
  assert.deepEqual(codes("hi there"), ["hello"]);
  assert.deepEqual(codes("PRISLAGA"), ["price-list"]);
  assert.deepEqual(codes("zzz"), []);
});

test("puts in what is known, and what stands behind | where nothing is (LC-42)", () => {
  const text = "Hi {{visitor.first_name|there}}, how is {{ visitor.company | business }}?";
  const known = { "visitor.first_name": "Vera", "visitor.company": "Acme" };
  assert.equal(fillIn(text, known, LABELS).text, "Hi Vera, how is Acme?");
  assert.equal(fillIn(text, {}, LABELS).text, "Hi there, how is business?");
  assert.equal(fillIn("Hi{{visitor.first_name|}}!", {}, LABELS).text, "Hi!");
});

test("leaves a gap that can be seen and typed over where nothing is known and nothing said", () => {
  const { text, gap } = fillIn("{{visitor.company|You}}: {{visitor.first_name}}!", {}, LABELS);
  assert.equal(text, "You: [first name]!");
  assert.equal(text.slice(...gap), "[first name]");
  assert.equal(fillIn("Hello", {}, LABELS).gap, null);
});

test("what a visitor is called is put in as it is, and never read again (S21)", () => {
  const values = { "visitor.first_name": "{{visitor.company}}$&$1", "visitor.company": "Acme" };
  assert.equal(fillIn("Hi {{visitor.first_name}} of {{visitor.company}}", values, LABELS).text, "Hi {{visitor.company}}$&$1 of Acme");
  assert.equal(fillIn("{{constructor}}{{__proto__|x}}", valuesOf(), LABELS).text.includes("function"), false);
});

test("a number or an address is no name", () => {
  const values = valuesOf({ name: "Visitor #5", page_title: "Prices" }, { name: "Ann Berg" });
  assert.equal(values["visitor.name"], "");
  assert.equal(values["visitor.page"], "Prices");
  assert.equal(values["agent.name"], "Ann Berg");
  assert.equal(valuesOf({ first_name: "Vera", last_name: "Ek" })["visitor.name"], "Vera Ek");
});
