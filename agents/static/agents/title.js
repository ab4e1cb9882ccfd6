/** What the tab says: unread messages, and who is waiting, in turns with the page's own name (LC-37). */
export function titleFor({ name, unread, waiting, isTurn }) {
  if (waiting && isTurn) return waiting;
  return unread ? `(${unread}) ${name}` : name;
}

/** Unread messages of the agent's active chats, and notes in which colleagues call the agent. */
export function countUnread(state) {
  return Object.values(state.chats).reduce(
    (sum, chat) => sum + (chat.state.phase === "active" && !chat.read_only ? (chat.unread ?? 0) : 0),
    state.mentions.length,
  );
}

export function keepTitle({ store, say }) {
  const name = document.title;
  const link = document.querySelector("link[rel=icon]");
  let isTurn = true;

  function write() {
    const { offers } = store.state;
    const unread = countUnread(store.state);
    const waiting = offers.length ? `● ${say("title_waiting", { name: offers[0].visitor.name })}` : "";
    document.title = titleFor({ name, unread, waiting, isTurn });
    const href = unread || waiting ? link.dataset.alert : link.dataset.calm;
    if (link.getAttribute("href") !== href) link.setAttribute("href", href);
  }

  setInterval(() => {
    isTurn = !isTurn;
    if (store.state.offers.length) write();
  }, 1_200);
  store.subscribe(write);
}
