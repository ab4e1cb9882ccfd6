import { findBest } from "./fuzzy.js";

/** The replies that fit what was typed behind "/", the best first: by code, then title, then text; pure. */
export function findReplies(replies, typed) {
  return findBest(replies, typed, ({ code, title, text }) => [code, title, text]);
}
