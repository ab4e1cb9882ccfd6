import { isActive } from "./reducer.js";

/** The chat of somebody else that this page shows and that goes on: the one to look on at, or empty (LC-38). */
export function watchedOf(state) {
  const chat = state.chats[state.open];
  return chat?.read_only && (isActive(chat) || chat.state.phase === "waiting") ? state.open : "";
}

/** Asks for it live, again after every new connection, and for no more once it is left or over. */
export function keepWatching({ store, connection }) {
  let asked = "";
  store.subscribe((state, before) => {
    if (state.connection !== before.connection) asked = "";
    const wanted = watchedOf(state);
    if (state.connection !== "online" || wanted === asked) return;
    const after = state.threads[wanted]?.last ?? 0;
    if (connection.send({ type: "watch", conversation: wanted, after })) asked = wanted;
  });
}
