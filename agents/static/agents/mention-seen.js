import { isSame } from "./mention-state.js";

/** What comes into view at once is told together, milliseconds. */
const SETTLE = 250;

/**
 * Tells the server which notes that call this agent were really looked at: in view, in a page that is visible and has
 * the focus. Returns what to call when something moved.
 */
export function keepMentionsSeen({ store, connection, isInView }) {
  let sent = [];
  let timer = 0;

  function isLooking() {
    return document.visibilityState === "visible" && document.hasFocus();
  }

  function report() {
    timer = 0;
    const { open, mentions } = store.state;
    if (!open || !isLooking()) return;
    const isNew = (mention) => !sent.some((told) => isSame(told, mention));
    const seen = mentions.filter((mention) => mention.conversation === open && isNew(mention) && isInView(mention.number));
    const numbers = seen.map(({ number }) => number);
    if (seen.length && connection.send({ type: "see_mentions", conversation: open, numbers })) sent = [...sent, ...seen];
  }

  function soon() {
    timer ||= setTimeout(report, SETTLE);
  }

  window.addEventListener("focus", soon);
  document.addEventListener("visibilitychange", soon);
  store.subscribe((state, before) => {
    // What was sent on a socket that died may not have arrived.
    if (state.connection !== before.connection) sent = [];
    if (state.mentions.length) soon();
  });
  return soon;
}
