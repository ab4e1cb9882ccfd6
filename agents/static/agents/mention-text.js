import { findBest } from "./fuzzy.js";

/** So many colleagues a note may call; the server says the same. */
export const MOST = 10;

/** A note's text in pieces; the ones that call somebody have them as `mention`. Pure. */
export function splitMentions(text, mentions = []) {
  const byName = new Map(mentions.map((mention) => [`@${mention.name}`, mention]));
  if (!byName.size) return [{ text }];
  // The longest first: "@Ann Berg" is not "@Ann" with a word behind it.
  const names = [...byName.keys()].sort((one, other) => other.length - one.length);
  const called = new RegExp(`(${names.map(escape).join("|")})(?![\\p{L}\\p{N}_])`, "gu");
  const pieces = text.split(called).filter(Boolean);
  return pieces.map((piece) => (byName.has(piece) ? { text: piece, mention: byName.get(piece) } : { text: piece }));
}

/** Those who were picked and still stand in the text, each once; namesakes stand and fall together. */
export function mentionsIn(text, picked) {
  const standing = new Set(splitMentions(text, picked).map(({ mention }) => mention?.name));
  const ids = new Set();
  return picked.filter(({ id, name }) => standing.has(name) && !ids.has(id) && ids.add(id)).slice(0, MOST);
}

/** What stands behind the "@" that is being written just before the caret; null where none is. An address has none. */
export function typedName(before) {
  const found = /(?:^|[\s([{"'«“„‘-])@((?:[^\s@][^\n@]{0,60})?)$/u.exec(before);
  return found ? found[1] : null;
}

/** The colleagues whose names fit what was typed, the best first. Words that stand in no name are a sentence. */
export function findColleagues(colleagues, typed) {
  const found = findBest(colleagues, typed, ({ name }) => [name, "", ""]);
  const isOneWord = !/\s/.test(typed);
  return isOneWord ? found : found.filter(({ name }) => lower(name).includes(lower(typed)));
}

function lower(text) {
  return text.trim().toLocaleLowerCase();
}

function escape(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
