import assert from "node:assert/strict";
import test from "node:test";

import {
  makeCondition,
  makeGroup,
  readGroup,
  setAttribute,
  setOperator,
  setValue,
  showValue,
  takesOperator,
  writeGroup,
} from "../../routing/static/routing/conditions_model.js";

const rewrite = (raw) => JSON.parse(writeGroup(readGroup(JSON.stringify(raw))));

test("what is read and written again is the same, at any depth", () => {
  const inner = { match: "any", items: [{ attribute: "country", operator: "in_list", value: ["SE", "NO"] }] };
  const raw = {
    match: "all",
    items: [{ attribute: "company", operator: "is", value: "Acme" }, { match: "all", items: [inner] }],
  };
  assert.deepEqual(rewrite(raw), raw);
});

test("nothing and an empty object match everybody", () => {
  for (const text of ["", "  ", "{}"]) assert.deepEqual(readGroup(text), { match: "all", items: [] });
});

test("what is no group is not read", () => {
  for (const text of ["[]", "3", "null", '"all"', "{nonsense"]) assert.equal(readGroup(text), null);
});

test("operators without a value are written without one", () => {
  const condition = { attribute: "email", operator: "is", value: "x" };
  setOperator(condition, "is_empty");
  assert.deepEqual(JSON.parse(writeGroup({ match: "all", items: [condition] })).items, [
    { attribute: "email", operator: "is_empty" },
  ]);
});

test("lists are typed one value a line, and what was typed survives a change of operator", () => {
  const condition = { attribute: "country", operator: "is", value: "SE" };
  setOperator(condition, "in_list");
  assert.deepEqual(condition.value, ["SE"]);
  setValue(condition, "SE\n\n  NO \n");
  assert.deepEqual(condition.value, ["SE", "NO"]);
  assert.equal(showValue(condition), "SE\nNO");
  setOperator(condition, "contains");
  assert.equal(condition.value, "SE");
});

test("an emptied group inside is not saved", () => {
  const group = { match: "all", items: [{ match: "any", items: [] }] };
  assert.deepEqual(JSON.parse(writeGroup(group)), { match: "all", items: [] });
});

test("new rows are conditions and groups of their own", () => {
  assert.notEqual(makeCondition(), makeCondition());
  assert.equal(makeGroup().items.length, 1);
});

test("lists and availability take only the comparisons that can be asked of them, and begin anew", () => {
  const condition = { attribute: "company", operator: "contains", value: "Acme" };
  setAttribute(condition, "agent_available");
  assert.deepEqual(condition, { attribute: "agent_available", operator: "is", value: "yes" });
  assert.equal(takesOperator("agent_available", "is_not"), false);
  setAttribute(condition, "lists");
  assert.deepEqual(condition, { attribute: "lists", operator: "is", value: "" });
  assert.deepEqual(["in_list", "contains"].map((operator) => takesOperator("lists", operator)), [true, false]);
  setAttribute(condition, "company");
  assert.deepEqual(condition, { attribute: "company", operator: "is", value: "" });
  assert.equal(takesOperator("company", "contains"), true);
});
