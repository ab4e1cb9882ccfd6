/*
 * Two people's drafts that began from one: what only one side changed is taken, card by card and field by field. Pure.
 * Where both changed the same thing in different ways `pick(conflict)` says "mine" or "theirs". Nothing is lost silently:
 * a card that one side deleted and the other changed is a conflict too.
 */

import { isSame } from "./equal.js";
import { readAt, waysOf, writeAt } from "./tree.js";

export function merge(base, mine, theirs, types, pick = () => "mine") {
  const conflicts = [];
  const decide = (conflict) => {
    conflicts.push(conflict);
    return pick(conflict) === "theirs" ? conflict.theirs : conflict.mine;
  };
  const cards = {};
  for (const id of idsOf(mine, theirs, base)) {
    const card = mergeCard(id, [base.cards[id], mine.cards[id], theirs.cards[id]], decide);
    if (card !== undefined) cards[id] = card;
  }
  const start = threeWay([base.start, mine.start, theirs.start], () => decide({ id: null, field: "start", mine: mine.start, theirs: theirs.start }));
  const stream = heal({ start: start ?? null, cards }, [base, theirs, mine], types);
  return { stream, conflicts };
}

function idsOf(...streams) {
  return new Set(streams.flatMap((stream) => Object.keys(stream.cards)));
}

function threeWay([base, mine, theirs], decide) {
  if (isSame(mine, theirs) || isSame(theirs, base)) return mine;
  return isSame(mine, base) ? theirs : decide();
}

function mergeCard(id, [base, mine, theirs], decide) {
  return threeWay([base, mine, theirs], () => {
    if (!mine || !theirs || mine.type !== theirs.type) return decide({ id, field: "", mine, theirs });
    return mergeFields([base ?? {}, mine, theirs], (field, ours, others) => decide({ id, field, mine: ours, theirs: others }), "");
  });
}

function mergeFields([base, mine, theirs], decide, prefix) {
  const merged = {};
  for (const name of new Set([...Object.keys(mine), ...Object.keys(theirs)])) {
    const three = [base[name], mine[name], theirs[name]];
    const value = threeWay(three, () => mergeValue(three, decide, `${prefix}${name}`));
    if (value !== undefined) merged[name] = value;
  }
  return merged;
}

function mergeValue([base, mine, theirs], decide, field) {
  if (![mine, theirs].every(isRows)) return decide(field, mine, theirs);
  const rows = new Map((isRows(base) ? base : []).map((row) => [row.id, row]));
  return mergeRows([rows, mine, theirs], decide, field);
}

function isRows(value) {
  return Array.isArray(value) && value.every((row) => row && typeof row === "object" && typeof row.id === "string");
}

// Rows in my order, then those that only the other side has added.
function mergeRows([base, mine, theirs], decide, field) {
  const others = new Map(theirs.map((row) => [row.id, row]));
  const kept = [];
  for (const row of mine) {
    const three = [base.get(row.id), row, others.get(row.id)];
    const merged = threeWay(three, () => (three[2] === undefined
      ? decide(`${field}.${row.id}`, row, undefined)
      : mergeFields([three[0] ?? {}, row, three[2]], decide, `${field}.${row.id}.`)));
    if (merged !== undefined) kept.push(merged);
    others.delete(row.id);
  }
  for (const [id, row] of others) {
    const value = threeWay([base.get(id), undefined, row], () => decide(`${field}.${id}`, undefined, row));
    if (value !== undefined) kept.push(value);
  }
  return kept;
}

// A way to a card that the other side has taken out leads to what stood behind that card.
function heal(stream, sources, types) {
  const follow = (target, seen = new Set()) => {
    if (target === null || target === undefined || stream.cards[target]) return target ?? null;
    if (seen.has(target)) return null;
    seen.add(target);
    const card = sources.map((source) => source.cards[target]).find(Boolean);
    const next = card && waysOf(card, types).map((way) => way.target).find((each) => each !== null);
    return follow(next ?? null, seen);
  };
  const cards = Object.fromEntries(Object.entries(stream.cards).map(([id, card]) => [id, waysOf(card, types).reduce((healed, way) => {
    const target = follow(way.target);
    return target === way.target ? healed : writeAt(healed, way.field, target === id ? null : target);
  }, card)]));
  return unshare({ start: follow(stream.start), cards }, types);
}

// Two ways that came to lead to one card: the first keeps it.
function unshare(stream, types) {
  const taken = new Set([stream.start]);
  let cards = stream.cards;
  for (const [id, card] of Object.entries(stream.cards)) {
    for (const way of waysOf(card, types)) {
      if (way.target === null) continue;
      if (taken.has(way.target)) cards = { ...cards, [id]: writeAt(cards[id], way.field, null) };
      taken.add(readAt(cards[id], way.field) ?? null);
    }
  }
  return { ...stream, cards };
}

/** The ids of the cards that differ between two streams. */
export function changedCards(before, after) {
  return [...idsOf(after, before)].filter((id) => !isSame(before.cards[id], after.cards[id]));
}
