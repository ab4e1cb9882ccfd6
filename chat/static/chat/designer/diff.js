/* What changed between two streams, card by card and field by field, in the words of the card types' forms. Pure. */

import { isNothing, isSame } from "./equal.js";
import { nameOfRow, wordsOf } from "./tree.js";

/** `{ added, removed, changed }` of `{ id, card, fields: [{ label, before, after }] }`; values as people read them. */
export function diffStreams(before, after, types, words = {}) {
  const ids = [...new Set([...Object.keys(after.cards), ...Object.keys(before.cards)])];
  const name = (stream) => (id) => nameCard(stream.cards[id], types);
  const found = { added: [], removed: [], changed: [] };
  for (const id of ids) {
    const [was, is] = [before.cards[id], after.cards[id]];
    if (!was) found.added.push({ id, card: is, fields: [] });
    else if (!is) found.removed.push({ id, card: was, fields: [] });
    else {
      const fields = diffCard(was, is, types, { before: name(before), after: name(after) }, words);
      if (fields.length) found.changed.push({ id, card: is, fields });
    }
  }
  if (!isSame(before.start, after.start) && before.start && after.start) {
    found.start = { before: name(before)(before.start), after: name(after)(after.start) };
  }
  return found;
}

export function isUnchanged(diff) {
  return !diff.added.length && !diff.removed.length && !diff.changed.length && !diff.start;
}

function diffCard(was, is, types, names, words) {
  if (was.type !== is.type) return [{ label: words.type ?? "type", before: labelOf(was, types), after: labelOf(is, types) }];
  const fields = types.get(is.type)?.fields ?? [];
  const known = new Set(["type", ...fields.map((field) => field.name)]);
  const rest = Object.keys({ ...was, ...is }).filter((name) => !known.has(name));
  return [...fields, ...rest.map((name) => ({ name, label: name, kind: "json" }))].flatMap((field) => diffField(field, was[field.name], is[field.name], names, words));
}

function diffField(field, was, is, names, words) {
  if (isSame(was, is)) return [];
  if (field.kind !== "rows") {
    return [{ label: field.label, before: show(field, was, names.before, words), after: show(field, is, names.after, words) }];
  }
  return diffRows(field, Array.isArray(was) ? was : [], Array.isArray(is) ? is : [], names, words);
}

function diffRows(field, was, is, names, words) {
  const key = (row, index) => row.id ?? `#${index}`;
  const old = new Map(was.map((row, index) => [key(row, index), row]));
  const changes = is.flatMap((row, index) => {
    const before = old.get(key(row, index));
    const called = `${field.label} › ${nameOfRow(row, field, index)}`;
    old.delete(key(row, index));
    if (!before) return [{ label: called, before: "", after: words.added ?? "+" }];
    return field.fields.flatMap((inner) => diffField(inner, before[inner.name], row[inner.name], names, words))
      .map((change) => ({ ...change, label: `${called} › ${change.label}` }));
  });
  const gone = [...old.values()].map((row, index) => ({ label: `${field.label} › ${nameOfRow(row, field, index)}`, before: words.removed ?? "−", after: "" }));
  const isMoved = !changes.length && !gone.length;
  return isMoved ? [{ label: field.label, before: listed(was, field), after: listed(is, field) }] : [...changes, ...gone];
}

function listed(rows, field) {
  return rows.map((row, index) => nameOfRow(row, field, index)).join(", ");
}

function show(field, value, name, words) {
  if (field.kind === "card") return value ? name(value) : words.end ?? "";
  if (field.kind === "select") return field.options.find((option) => option.value === value)?.label ?? text(value);
  if (field.kind === "switch") return value ? words.yes ?? "yes" : words.no ?? "no";
  const choices = words.choices?.[field.kind];
  return choices?.find((choice) => String(choice.value) === String(value))?.label ?? text(value);
}

function text(value) {
  if (isNothing(value)) return "";
  if (Array.isArray(value) && value.every((each) => typeof each !== "object")) return value.join(", ");
  return typeof value === "object" ? JSON.stringify(value, null, 1) : String(value);
}

/** A card in a few words: its type and what it says. */
export function nameCard(card, types) {
  if (!card) return "";
  const words = wordsOf(card, types);
  const short = words.length > 60 ? `${words.slice(0, 57)}…` : words;
  return short ? `${labelOf(card, types)}: ${short}` : labelOf(card, types);
}

function labelOf(card, types) {
  return types.get(card.type)?.label ?? card.type;
}

/** The settings that differ, by name; what a version froze beside its stream. */
export function diffSetup(before, after, labels = {}) {
  return [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])]
    .filter((name) => !isSame(before?.[name], after?.[name]))
    .map((name) => ({ label: labels[name] ?? name, before: text(before?.[name]), after: text(after?.[name]) }));
}
