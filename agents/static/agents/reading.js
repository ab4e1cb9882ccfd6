import { isMine } from "./reducer.js";

/** Frames that follow each other at once are confirmed together, milliseconds. */
const SETTLE = 250;

/**
 * Tells the server what has arrived here, and what was looked at: a message counts as read when its end is in view in a
 * page that is visible and has the focus, not when it was merely received (LC-30).
 */
export function keepMarks({ store, connection, isAtEnd }) {
  const sent = new Map();
  let timer = 0;

  function isLooking() {
    return document.visibilityState === "visible" && document.hasFocus() && isAtEnd();
  }

  function report() {
    timer = 0;
    const { state } = store;
    for (const [id, chat] of Object.entries(state.chats)) if (isMine(chat)) mark(state, id, chat);
  }

  function mark(state, id, chat) {
    const thread = state.threads[id];
    const marks = chat.state.marks ?? {};
    const delivered = thread?.isLoaded && id === state.open ? thread.last : chat.state.last_seq;
    const isSeen = id === state.open && thread?.isLoaded && isLooking();
    const read = isSeen ? thread.last : (marks.agent_read ?? 0);
    const told = sent.get(id) ?? { delivered: marks.agent_delivered ?? 0, read: marks.agent_read ?? 0 };
    if (delivered <= told.delivered && read <= told.read) return;
    if (!connection.send({ type: "mark", conversation: id, delivered, read })) return;
    sent.set(id, { delivered: Math.max(delivered, told.delivered), read: Math.max(read, told.read) });
    if (isSeen) store.dispatch({ type: "looked", conversation: id, seq: read });
  }

  function soon() {
    timer ||= setTimeout(report, SETTLE);
  }

  window.addEventListener("focus", soon);
  document.addEventListener("visibilitychange", soon);
  store.subscribe((state, before) => {
    // What was sent on a socket that died may not have arrived.
    if (state.connection !== before.connection) sent.clear();
    if (state === before || state.chats !== before.chats || state.threads !== before.threads || state.open !== before.open) {
      soon();
    }
  });
  return soon;
}
