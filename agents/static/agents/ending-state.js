/** The chats that are being ended, by conversation: counting down, or sent and not answered yet. */
export const NO_ENDINGS = { endings: {} };

export const ENDING_DEEDS = {
  /** `until` in this machine's time. What was on its way to the visitor before doesn't call it off. */
  ending_begun(state, { conversation, until }) {
    const thread = state.threads[conversation];
    const after = thread?.isLoaded ? thread.last : state.chats[conversation].state.last_seq;
    const ending = { until, after, own: listPending(state, conversation), sentAt: 0 };
    return { ...state, endings: { ...state.endings, [conversation]: ending } };
  },

  ending_hurried(state, { conversation, until }) {
    const ending = state.endings[conversation];
    return ending ? { ...state, endings: { ...state.endings, [conversation]: { ...ending, until } } } : state;
  },

  ending_sent(state, { conversation, at }) {
    const ending = state.endings[conversation];
    return ending ? { ...state, endings: { ...state.endings, [conversation]: { ...ending, sentAt: at } } } : state;
  },

  /** Called off, refused or done: the chat itself says which. */
  ending_over(state, { conversation }) {
    if (!state.endings[conversation]) return state;
    const { [conversation]: _over, ...endings } = state.endings;
    return { ...state, endings };
  },
};

/** The chat whose end can still be undone, or empty: one at a time. */
export function countingOf({ endings }) {
  return Object.keys(endings).find((id) => !endings[id].sentAt) ?? "";
}

/** A refusal may be about one that was sent: whether it was, its chat goes on telling. */
export function withoutSent(endings) {
  return Object.fromEntries(Object.entries(endings).filter(([, { sentAt }]) => !sentAt));
}

/** What is on its way to the visitor, by client id. */
export function listPending({ outbox, uploads }, conversation) {
  const isOnItsWay = (item) => item.conversation === conversation && item.kind !== "note" && item.status !== "failed";
  return [...outbox, ...uploads].filter(isOnItsWay).map((item) => item.client_id);
}
