/**
 * Transfers in the state of a page (LC-34); pure. `transfers` has by conversation what is pending or came to nothing,
 * `targets` whom a chat may be handed over to, `left` the chat that a colleague took over last.
 */
export const NO_TRANSFERS = { transfers: {}, dismissedTransfers: [], targets: null, left: "" };

/** Whether a colleague is being asked to take this chat over. */
export function isPending(transfer) {
  return transfer?.status === "pending";
}

/** After a welcome: what it mentions, but for what the agent has put away. */
export function welcomed(state, transfers = []) {
  const shown = transfers.filter(({ id }) => !state.dismissedTransfers.includes(id));
  return Object.fromEntries(shown.map((transfer) => [transfer.conversation, transfer]));
}

export const TRANSFER_FRAMES = {
  targets: (state, { targets }) => ({ ...state, targets }),

  transfer(state, frame) {
    const id = frame.conversation;
    if (frame.status === "accepted") return leave(state, frame);
    // A second try, from another tab: the first one still waits, and can be taken back.
    if (frame.status === "refused" && isPending(state.transfers[id])) return state;
    if (frame.status === "withdrawn") return { ...state, transfers: without(state.transfers, id) };
    return state.chats[id] ? { ...state, transfers: { ...state.transfers, [id]: frame } } : state;
  },
};

export const TRANSFER_DEEDS = {
  transfer_dismissed(state, { conversation }) {
    const { id } = state.transfers[conversation] ?? {};
    const dismissedTransfers = id ? [...state.dismissedTransfers, id].slice(-50) : state.dismissedTransfers;
    return { ...state, dismissedTransfers, transfers: without(state.transfers, conversation) };
  },
};

/** The chat is somebody else's: this page may show nothing more of it. The news may come twice. */
function leave(state, { conversation, text }) {
  if (!state.chats[conversation]) return state;
  const toast = { id: state.toastCount + 1, text, tone: "" };
  return {
    ...state,
    chats: without(state.chats, conversation),
    threads: without(state.threads, conversation),
    transfers: without(state.transfers, conversation),
    open: state.open === conversation ? "" : state.open,
    left: conversation,
    toastCount: toast.id,
    toasts: [...state.toasts, toast].slice(-3),
  };
}

function without(table, key) {
  const { [key]: _gone, ...rest } = table;
  return rest;
}
