import { isMine } from "./reducer.js";
import { hasGap } from "./threads.js";

/** What this page answers to a frame, as frames to send; pure. `before` and `after` are the states around it. */
export function repliesTo(frame, before, after) {
  return (REPLIES[frame.type] ?? none)(frame, before, after);
}

/** How far the page has each conversation, for `hello` (DL-04); the open one first, as the server reads 50. */
export function heldSeqs(state) {
  const loaded = Object.entries(state.threads).filter(([, thread]) => thread.isLoaded);
  loaded.sort(([id]) => (id === state.open ? -1 : 1));
  return Object.fromEntries(loaded.slice(0, 50).map(([id, thread]) => [id, thread.last]));
}

/** Whether a heartbeat names other chats than this page: a push was lost that no `sync` brings, so start over. */
export function isAstray(frame, state) {
  const seqs = frame.seqs ?? {};
  const isUnknown = (id) => !state.chats[id] && !state.threads[id];
  const isGone = (chat) => isMine(chat) && !(chat.state.conversation in seqs);
  return Object.keys(seqs).some(isUnknown) || Object.values(state.chats).some(isGone);
}

/** What waits in the outbox as the frame that sends it: only what was written as a note goes to colleagues. */
export function postOf({ kind, conversation, client_id, text, mentions = [] }) {
  if (kind !== "note") return { type: "post", conversation, client_id, text };
  const called = mentions.length ? { mentions: mentions.map(({ id }) => id) } : {};
  return { type: "note", conversation, client_id, text, ...called };
}

const none = () => [];

const REPLIES = {
  welcome(frame, before, after) {
    const unloaded = Object.entries(after.threads).filter(([, thread]) => !thread.isLoaded).map(([id]) => id);
    const unfinished = (frame.missed ?? []).filter((page) => page.more).map((page) => page.conversation);
    const wanted = new Set([...unloaded, ...unfinished]);
    return [
      ...[...wanted].map((id) => syncOf(after, id)),
      ...after.offers.filter((offer) => offer.deciding).map((offer) => ({ type: offer.deciding, offer: offer.id })),
      ...after.outbox.filter((item) => item.status === "queued").map(postOf),
    ];
  },

  message(frame, before, after) {
    const thread = after.threads[frame.conversation];
    return thread && thread.isLoaded && hasGap(thread) ? [syncOf(after, frame.conversation)] : [];
  },

  // A message that its ack stands for, and whose text this page no longer has, is asked for like a gap.
  ack(frame, before, after) {
    const thread = after.threads[frame.conversation];
    const isMissing = frame.instead && thread?.isLoaded && thread.last < frame.seq;
    return isMissing ? [syncOf(after, frame.conversation)] : REPLIES.message(frame, before, after);
  },
  messages: (frame, before, after) => (frame.more ? [syncOf(after, frame.conversation)] : []),

  pong(frame, before, after) {
    const seqs = frame.seqs ?? {};
    const behind = Object.keys(seqs).filter((id) => after.threads[id] && after.threads[id].last < seqs[id]);
    return behind.map((id) => syncOf(after, id));
  },
};

function syncOf(state, conversation) {
  const last = state.threads[conversation]?.last ?? state.chats[conversation]?.state.last_seq ?? 0;
  return { type: "sync", conversation, after: last };
}
