import { isMine } from "./reducer.js";

/** The order of the list: where something was said last. */
export function byActivity(one, other) {
  const timeOf = (chat) => Date.parse(chat.last_at ?? chat.accepted_at ?? 0) || 0;
  return timeOf(other) - timeOf(one);
}

/**
 * The chat to go on with after this one, or empty: whoever has waited longest for this agent's answer, else the next one
 * in the list; pure. What is being ended is over for this.
 */
export function nextAfter(state, conversation) {
  const idOf = (chat) => chat.state.conversation;
  const listed = Object.values(state.chats).filter(isMine).sort(byActivity);
  const others = listed.filter((chat) => idOf(chat) !== conversation && !state.endings[idOf(chat)]);
  const waiting = others.filter((chat) => chat.waiting_since);
  waiting.sort((one, other) => Date.parse(one.waiting_since) - Date.parse(other.waiting_since));
  const at = listed.findIndex((chat) => idOf(chat) === conversation);
  const below = others.find((chat) => listed.indexOf(chat) > at);
  const next = waiting[0] ?? below ?? others.at(-1);
  return next ? idOf(next) : "";
}
