/* What can be done to a stream. Pure: each takes a stream and gives a new one; null where it can't be done. */

import { allWays, branchOf, canLeadOn, targetAt, waysOf, wayTo, withCard, withTarget, writeAt, readAt, isSameWay } from "./tree.js";

const LETTERS = "abcdefghijkmnpqrstuvwxyz23456789";

/** An id that two people who add cards at the same time don't both give. */
export function newId(stream, type, random = Math.random) {
  for (;;) {
    const tail = Array.from({ length: 5 }, () => LETTERS[Math.floor(random() * LETTERS.length)]).join("");
    const id = `${type.slice(0, 30)}-${tail}`;
    if (!(id in stream.cards)) return id;
  }
}

/** Puts a card into a way; what stood there comes behind it. */
export function insertCard(stream, types, way, id, card) {
  return attach({ ...stream, cards: { ...stream.cards, [id]: card } }, types, way, id);
}

// What stood in the way goes on behind the first open end of what is put in.
function attach(stream, types, way, id) {
  const after = targetAt(stream, way);
  const put = withTarget(stream, way, id);
  if (after === null) return put;
  const end = openEnd(put, types, id);
  return end && withTarget(put, end, after);
}

function openEnd(stream, types, id) {
  const waiting = [id];
  const seen = new Set();
  while (waiting.length) {
    const next = waiting.shift();
    if (seen.has(next) || !stream.cards[next]) continue;
    seen.add(next);
    const ways = waysOf(stream.cards[next], types).filter((way) => !way.stray);
    const open = ways.find((way) => way.target === null);
    if (open) return { card: next, field: open.field };
    waiting.unshift(...ways.map((way) => way.target));
  }
  return null;
}

/** Whether a card of this type fits into a way: a last card only where nothing follows. */
export function fits(stream, types, way, card) {
  return targetAt(stream, way) === null || canLeadOn(card, types);
}

/** The ways behind which cards hang, for who deletes the card alone and must say which branch stays. */
export function branchesOf(stream, types, id) {
  return waysOf(stream.cards[id], types).filter((way) => way.target !== null && stream.cards[way.target]);
}

/** Deletes one card. What hangs behind `keep` (by default the only branch) takes its place; its other branches go. */
export function removeCard(stream, types, id, keep) {
  const branches = branchesOf(stream, types, id);
  const kept = branches.find((way) => way.field === keep) ?? branches[0];
  const heir = kept && kept.target !== id ? kept.target : null;
  const without = branches
    .filter((way) => way !== kept && way.target !== heir)
    .reduce((left, way) => (wayTo(left, types, way.target)?.card === id ? drop(left, branchOf(left, types, way.target), heir) : left), stream);
  return relink(without, types, id, heir);
}

/** Deletes a card with everything behind it. */
export function removeBranch(stream, types, id) {
  const gone = branchOf(stream, types, id);
  return [...gone].reduce((left, each) => relink(left, types, each, null), stream);
}

function drop(stream, ids, except) {
  return { ...stream, cards: Object.fromEntries(Object.entries(stream.cards).filter(([id]) => id === except || !ids.has(id))) };
}

// Takes the card out; every way that led to it leads to its heir.
function relink(stream, types, id, heir) {
  const cards = {};
  for (const [each, card] of Object.entries(stream.cards)) {
    if (each === id) continue;
    cards[each] = waysOf(card, types)
      .filter((way) => way.target === id)
      .reduce((changed, way) => writeAt(changed, way.field, each === heir ? null : heir), card);
  }
  return { ...stream, start: stream.start === id ? heir : stream.start, cards };
}

/** A card, or with `whole` its branch, as a stream of its own, to be put in elsewhere. */
export function cutOut(stream, types, id, whole) {
  const ids = whole ? branchOf(stream, types, id) : new Set([id]);
  const cards = {};
  for (const each of ids) {
    cards[each] = waysOf(stream.cards[each], types)
      .filter((way) => way.target !== null && !ids.has(way.target))
      .reduce((card, way) => writeAt(card, way.field, null), stream.cards[each]);
  }
  return { start: id, cards };
}

/** Puts in a copy with ids of its own; gives `{ stream, id }`. */
export function paste(stream, types, way, piece, random = Math.random) {
  const { fresh, cards } = renamed(stream, types, piece, random);
  const first = fresh.get(piece.start);
  const put = attach({ ...stream, cards: { ...stream.cards, ...cards } }, types, way, first);
  return put && { stream: put, id: first };
}

function renamed(stream, types, piece, random) {
  const fresh = new Map();
  const taken = { cards: { ...stream.cards } };
  for (const [id, card] of Object.entries(piece.cards)) {
    const name = newId(taken, card.type, random);
    taken.cards[name] = card;
    fresh.set(id, name);
  }
  const cards = {};
  for (const [id, card] of Object.entries(piece.cards)) {
    cards[fresh.get(id)] = waysOf(card, types)
      .filter((way) => way.target !== null)
      .reduce((copy, way) => writeAt(copy, way.field, fresh.get(way.target) ?? null), card);
  }
  return { fresh, cards };
}

/** Moves a card, or with `whole` its branch, into another way. Null where it can't stand there, or stands there already. */
export function move(stream, types, id, way, whole) {
  if (!canMove(stream, types, id, way, whole)) return null;
  const piece = cutOut(stream, types, id, whole);
  const left = whole ? removeBranch(stream, types, id) : removeCard(stream, types, id);
  return attach({ ...left, cards: { ...left.cards, ...piece.cards } }, types, way, id);
}

function canMove(stream, types, id, way, whole) {
  if (targetAt(stream, way) === id) return false;
  const ids = whole ? branchOf(stream, types, id) : new Set([id]);
  if (ids.has(way.card)) return false;
  // A card with several branches can't leave them behind.
  if (!whole && branchesOf(stream, types, id).length > 1) return false;
  const piece = cutOut(stream, types, id, whole);
  const after = targetAt(stream, way);
  return after === null || openEnd(piece, types, id) !== null;
}

/** The ways that a card or branch can be moved to, in the order they are met. */
export function movesOf(stream, types, id, whole) {
  return allWays(stream, types).filter((way) => canMove(stream, types, id, way, whole));
}

export function setField(stream, id, path, value) {
  return withCard(stream, id, writeAt(stream.cards[id], path, value));
}

export function addRow(stream, id, field, row) {
  return setField(stream, id, field, [...(readAt(stream.cards[id], field) ?? []), row]);
}

/** Takes a row out, and with it the branch behind it. */
export function removeRow(stream, types, id, field, index) {
  const behind = waysOf(stream.cards[id], types).filter((way) => way.field.startsWith(`${field}.${index}.`) && way.target !== null);
  const left = behind.reduce((now, way) => (now.cards[way.target] ? removeBranch(now, types, way.target) : now), stream);
  return setField(left, id, field, left.cards[id][field].filter((_row, at) => at !== index));
}

export function moveRow(stream, id, field, from, to) {
  const rows = [...stream.cards[id][field]];
  if (to < 0 || to >= rows.length) return null;
  rows.splice(to, 0, ...rows.splice(from, 1));
  return setField(stream, id, field, rows);
}

/** An id for a row of a card: made of its words, and not given twice. */
export function rowId(words, rows) {
  const plain = words.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 30);
  const taken = new Set(rows.map((row) => row.id));
  for (let number = 1; ; number += 1) {
    const id = number === 1 && plain ? plain : `${plain || "row"}-${number}`;
    if (!taken.has(id)) return id;
  }
}

/** Where something is put that is added after a card: its first open way, else its first. */
export function wayAfter(stream, types, id) {
  const ways = waysOf(stream.cards[id], types).filter((way) => !way.stray);
  const way = ways.find((each) => each.target === null) ?? ways[0];
  return way ? { card: id, field: way.field } : null;
}

export { isSameWay };
