/* A stream as a tree of cards. Pure. What is a way on is read from the card types' forms, so a new type needs nothing here. */

export const START = { card: null, field: "start" };

/** The card types by name, from what the server tells of them. */
export function typesOf(schema) {
  return new Map(schema.map((form) => [form.type, form]));
}

/** Every way on from a card: `{ field, target, label, stray }`; a stray one leads on from a card that should end its branch. */
export function waysOf(card, types) {
  const form = types.get(card.type);
  const ways = (form?.fields ?? []).flatMap((field) => waysOfField(card, field));
  if (!ways.some((way) => way.field === "next") && card.next) ways.push({ field: "next", target: card.next, label: "", stray: true });
  // One way alone needs no name.
  if (ways.length === 1 && !ways[0].field.includes(".")) ways[0] = { ...ways[0], label: "" };
  return ways;
}

function waysOfField(card, field) {
  if (field.kind === "card") return [{ field: field.name, target: card[field.name] ?? null, label: field.label }];
  if (field.kind !== "rows") return [];
  const inner = field.fields.filter((each) => each.kind === "card");
  const rows = Array.isArray(card[field.name]) ? card[field.name] : [];
  return rows.flatMap((row, index) => inner.map((each) => ({
    field: `${field.name}.${index}.${each.name}`,
    target: row[each.name] ?? null,
    label: nameOfRow(row, field, index),
    isRow: true,
  })));
}

/** What a row is called: its first filled line of words, else its number. */
export function nameOfRow(row, field, index) {
  const line = field.fields.find((each) => each.name !== "id" && (each.kind === "line" || each.kind === "text"));
  return String((line && row[line.name]) || "").trim() || `${index + 1}`;
}

export function canLeadOn(card, types) {
  return waysOf(card, types).some((way) => !way.stray);
}

export function readAt(value, path) {
  return path.split(".").reduce((inner, name) => inner?.[name], value);
}

/** A copy with the value at this path; everything beside the path is shared. `undefined` takes the name out. */
export function writeAt(value, path, wanted) {
  const [name, ...rest] = path.split(".");
  const copy = Array.isArray(value) ? [...value] : { ...value };
  if (rest.length) copy[name] = writeAt(copy[name] ?? {}, rest.join("."), wanted);
  else if (wanted === undefined) delete copy[name];
  else copy[name] = wanted;
  return copy;
}

export function targetAt(stream, way) {
  return (way.card === null ? stream.start : readAt(stream.cards[way.card], way.field)) ?? null;
}

export function withTarget(stream, way, target) {
  if (way.card === null) return { ...stream, start: target };
  return withCard(stream, way.card, writeAt(stream.cards[way.card], way.field, target));
}

export function withCard(stream, id, card) {
  return { ...stream, cards: { ...stream.cards, [id]: card } };
}

/**
 * The tree that is drawn: `{ key, kind, id, way, depth, parent, children }`. Kinds: start, card, end (nothing follows),
 * handover (a human takes over), jump (the way leads to a card that stands elsewhere, or to none). First the branch from the
 * start, then what no branch reaches; every card stands in it exactly once.
 */
export function buildTree(stream, types) {
  const seen = new Set();
  const root = { key: "start", kind: "start", id: null, way: null, depth: 0, parent: null, children: [] };
  root.children = [grow({ ...START, target: stream.start ?? null, label: "" }, root, stream, types, seen)];
  const roots = [root];
  for (const id of looseFirst(stream, types)) {
    if (!seen.has(id)) roots.push(growCard(id, null, null, stream, types, seen));
  }
  return roots;
}

function grow(way, parent, stream, types, seen) {
  const { target } = way;
  if (target === null) return leaf("end", way, parent);
  if (!stream.cards[target] || seen.has(target)) return { ...leaf("jump", way, parent), id: target, isMissing: !stream.cards[target] };
  return growCard(target, way, parent, stream, types, seen);
}

function growCard(id, way, parent, stream, types, seen) {
  seen.add(id);
  const card = stream.cards[id];
  const node = { key: `card:${id}`, kind: "card", id, card, way, depth: parent ? parent.depth + 1 : 0, parent, children: [] };
  const ways = waysOf(card, types);
  node.children = ways.map((each) => grow({ ...each, card: id }, node, stream, types, seen));
  // A question without an answer yet has no way on, and isn't an end either.
  if (!ways.length && !leadsOnByRows(card, types)) node.children = [leaf("handover", { card: id, field: "", target: null, label: "" }, node)];
  return node;
}

function leadsOnByRows(card, types) {
  return Boolean(types.get(card.type)?.fields.some((field) => field.kind === "rows" && field.fields.some((each) => each.kind === "card")));
}

function leaf(kind, way, parent) {
  return { key: `${kind}:${way.card ?? ""}:${way.field}`, kind, id: null, way, depth: parent.depth + 1, parent, children: [] };
}

// Branches that hang in the air from their own first card, so that what belongs together stays together.
function looseFirst(stream, types) {
  const targets = new Set(Object.values(stream.cards).flatMap((card) => waysOf(card, types).map((way) => way.target)));
  const ids = Object.keys(stream.cards);
  return [...ids.filter((id) => !targets.has(id)), ...ids.filter((id) => targets.has(id))];
}

/** Every node, a parent before its children. */
export function* nodesOf(roots) {
  const waiting = [...roots].reverse();
  while (waiting.length) {
    const node = waiting.pop();
    yield node;
    waiting.push(...[...node.children].reverse());
  }
}

/** The ids of a card and of all that hangs behind it. */
export function branchOf(stream, types, id) {
  const found = new Set();
  const waiting = [id];
  while (waiting.length) {
    const next = waiting.pop();
    if (found.has(next) || !stream.cards[next]) continue;
    found.add(next);
    for (const way of waysOf(stream.cards[next], types)) if (way.target !== null) waiting.push(way.target);
  }
  return found;
}

/** The first way, from the top, that leads to this card; null for the card that no way leads to. */
export function wayTo(stream, types, id) {
  if (stream.start === id) return START;
  for (const [from, card] of Object.entries(stream.cards)) {
    const way = waysOf(card, types).find((each) => each.target === id);
    if (way) return { card: from, field: way.field };
  }
  return null;
}

/** The ways of the whole stream in the order they are met, those of unreached branches too. */
export function allWays(stream, types) {
  const ways = [];
  for (const node of nodesOf(buildTree(stream, types))) {
    if (node.way && node.kind !== "handover" && !node.way.stray) ways.push({ card: node.way.card, field: node.way.field });
  }
  return ways;
}

export function isSameWay(one, other) {
  return Boolean(one && other) && one.card === other.card && one.field === other.field;
}

function sayField(value, field, choices = {}) {
  if (field.kind === "line" || field.kind === "text") return String(value ?? "").trim();
  if (field.kind === "rows") return (Array.isArray(value) ? value : []).map((row) => sayRow(row, field)).filter(Boolean).join(", ");
  if (field.kind === "select") return String(field.options.find((option) => option.value === value)?.label ?? "");
  return choices[field.kind]?.find?.((choice) => choice.value === value)?.label ?? "";
}

function sayRow(row, field) {
  const said = field.fields.filter((each) => ["line", "text", "attribute"].includes(each.kind) && each.name !== "id");
  return said.map((each) => String(row[each.name] ?? "").trim()).filter(Boolean).join(" = ");
}

/** The first words of a card: its text, else its name, else whatever field of it says something. */
export function wordsOf(card, types) {
  const fields = types.get(card.type)?.fields ?? [];
  const named = ["text", "name"].map((name) => card[name]).find((text) => typeof text === "string" && text.trim());
  if (named) return named.trim();
  return fields.map((field) => sayField(card[field.name], field, types.choices)).find(Boolean) ?? "";
}
