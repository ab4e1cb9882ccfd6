/* Conditions as plain data: what the editor shows is made from it, and what is saved is written from it. Pure. */

export const MAX_NESTING = 2; // groups that can be added inside each other; what is deeper is still shown
export const WITHOUT_VALUE = new Set(["is_empty", "is_not_empty"]);
/** Attributes whose values are chosen: the lists somebody is on, and whether an agent is available. */
export const LISTS = "lists";
export const AVAILABLE = "agent_available";
const OPERATORS = { [LISTS]: ["is", "is_not", "in_list", "is_empty", "is_not_empty"], [AVAILABLE]: ["is"] };

/** The group that a text of JSON holds, or null where it holds none. */
export function readGroup(text) {
  try {
    const raw = JSON.parse(text.trim() || "{}");
    return isObject(raw) ? toGroup(raw) : null;
  } catch {
    return null;
  }
}

function isObject(raw) {
  return typeof raw === "object" && raw !== null && !Array.isArray(raw);
}

function toGroup(raw) {
  const items = Array.isArray(raw.items) ? raw.items : [];
  return { match: raw.match === "any" ? "any" : "all", items: items.filter(isObject).map(toItem) };
}

function toItem(raw) {
  if ("items" in raw || "match" in raw) return toGroup(raw);
  const value = Array.isArray(raw.value) ? raw.value.map(String) : String(raw.value ?? "");
  return { attribute: String(raw.attribute ?? ""), operator: String(raw.operator ?? "is"), value };
}

export function isGroup(item) {
  return "items" in item;
}

export function makeCondition() {
  return { attribute: "company", operator: "is", value: "" };
}

export function makeGroup() {
  return { match: "any", items: [makeCondition()] };
}

export function takesOperator(attribute, operator) {
  return OPERATORS[attribute]?.includes(operator) ?? true;
}

/** Make the condition one about another attribute; what can't be asked of that one is begun anew. */
export function setAttribute(condition, attribute) {
  const isChosen = [attribute, condition.attribute].some((name) => name in OPERATORS) && attribute !== condition.attribute;
  condition.attribute = attribute;
  if (isChosen) Object.assign(condition, { operator: "is", value: attribute === AVAILABLE ? "yes" : "" });
}

/** Give the condition another operator, with its value in the form that the operator takes. */
export function setOperator(condition, operator) {
  condition.operator = operator;
  condition.value = operator === "in_list" ? readLines(showValue(condition)) : showValue(condition).split("\n")[0];
}

/** Take what was typed as the condition's value. */
export function setValue(condition, typed) {
  condition.value = condition.operator === "in_list" ? readLines(typed) : typed;
}

export function showValue(condition) {
  return Array.isArray(condition.value) ? condition.value.join("\n") : condition.value;
}

function readLines(text) {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
}

/** The JSON that is saved: without values where the operator takes none, and without empty groups inside. */
export function writeGroup(group) {
  return JSON.stringify(toJson(group), null, 2);
}

function toJson(item) {
  if (isGroup(item)) {
    const items = item.items.filter((child) => !isGroup(child) || child.items.length).map(toJson);
    return { match: item.match, items };
  }
  const { attribute, operator, value } = item;
  return WITHOUT_VALUE.has(operator) ? { attribute, operator } : { attribute, operator, value };
}
