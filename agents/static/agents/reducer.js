import { ENDING_DEEDS, NO_ENDINGS, withoutSent } from "./ending-state.js";
import { mentionsWelcomed, MENTION_DEEDS, MENTION_FRAMES, NO_MENTIONS, withoutRefused } from "./mention-state.js";
import { NO_TRANSFERS, TRANSFER_DEEDS, TRANSFER_FRAMES, welcomed } from "./transfer-state.js";
import { EMPTY, take, takePage, threadOf } from "./threads.js";

const TYPING_SHOWN = 6_000;
const MARKS = ["visitor_delivered", "visitor_read", "agent_delivered", "agent_read"];

/** The state of an agent's page, made of what the server put into the page. */
export function initialState({ me, availability = null, chats = [], open = "", messages = null, notes = [], files = false }) {
  const byId = Object.fromEntries(chats.map((chat) => [chat.state.conversation, chat]));
  return {
    me,
    connection: "waiting",
    // Why the server doesn't talk with this page at all, where it said so.
    refusal: "",
    availability,
    isSwitching: false,
    offers: [],
    // The chat that this page has just won, for the view that leads there.
    accepted: null,
    chats: byId,
    threads: open && messages ? { [open]: threadOf(messages) } : {},
    // What colleagues wrote to each other beside each chat, by number; never among its messages.
    notes: open ? { [open]: notes } : {},
    open,
    typing: {},
    outbox: [],
    // Files on their way, and whether any may be sent.
    uploads: [],
    files,
    ...NO_TRANSFERS,
    ...NO_MENTIONS,
    ...NO_ENDINGS,
    toasts: [],
    toastCount: 0,
  };
}

export function isActive(chat) {
  return chat?.state.phase === "active";
}

/** Whether nothing more is said in it: colleagues may still write notes beside it. */
export function isOver(chat) {
  return Boolean(chat) && !["active", "waiting", "bot"].includes(chat.state.phase);
}

/** Whether this agent may write in the chat and end it. */
export function isMine(chat) {
  return isActive(chat) && chat.read_only !== true;
}

/** The next state; pure. Actions are the server's frames and what the agent does on this page. */
export function reduce(state, action) {
  return (FRAMES[action.type] ?? DEEDS[action.type] ?? keep)(state, action);
}

const keep = (state) => state;

const FRAMES = {
  ...TRANSFER_FRAMES,
  ...MENTION_FRAMES,

  welcome(state, frame) {
    const wanted = new Map(state.offers.map((offer) => [offer.id, offer.deciding]));
    const fresh = {
      ...state,
      connection: "online",
      availability: frame.availability,
      files: frame.files ?? false,
      isSwitching: false,
      offers: (frame.offers ?? []).map((offer) => ({ ...offer, deciding: wanted.get(offer.id) ?? "" })).sort(byExpiry),
      chats: { ...closeActive(state.chats), ...keyed(frame.chats ?? []) },
      transfers: welcomed(state, frame.transfers),
      ...mentionsWelcomed(frame.mentions),
    };
    return (frame.missed ?? []).reduce((so_far, page) => FRAMES.messages(so_far, page), fresh);
  },

  chat(state, frame) {
    const held = state.chats[frame.state.conversation];
    if (held && !held.isDoubtful && frame.state.revision < held.state.revision) return state;
    return { ...state, chats: { ...state.chats, ...keyed([frame]) } };
  },

  message(state, message) {
    const id = message.conversation;
    const thread = state.threads[id];
    return {
      ...withPreview(state, message),
      threads: thread ? { ...state.threads, [id]: take(thread, message) } : state.threads,
      typing: message.author === "visitor" ? without(state.typing, id) : state.typing,
      outbox: message.client_id ? withoutPending(state.outbox, message.client_id) : state.outbox,
      uploads: message.client_id ? withoutPending(state.uploads, message.client_id) : state.uploads,
    };
  },

  visitor(state, frame) {
    const chat = state.chats[frame.conversation];
    return chat ? withChat(state, { ...chat, visitor: frame.visitor }) : state;
  },

  messages(state, page) {
    const id = page.conversation;
    const seen = page.messages.reduce(withPreview, state);
    const known = new Set(page.messages.map((message) => message.client_id).filter(Boolean));
    const outbox = state.outbox.filter((pending) => !known.has(pending.client_id));
    const uploads = state.uploads.filter((pending) => !known.has(pending.client_id));
    // Of a chat that isn't open the server sends the whole, so that opening it takes no time.
    const thread = state.threads[id] ?? (page.messages[0]?.seq === 1 ? EMPTY : null);
    if (!thread) return { ...seen, outbox, uploads };
    return { ...seen, outbox, uploads, threads: { ...state.threads, [id]: takePage(thread, page) } };
  },

  notes(state, { conversation, notes }) {
    const held = state.notes[conversation] ?? [];
    const known = new Set(held.map((note) => note.number));
    const all = [...held, ...notes.filter((note) => !known.has(note.number))].sort((a, b) => a.number - b.number);
    const saved = new Set(notes.map((note) => note.client_id));
    const outbox = state.outbox.filter((item) => item.kind !== "note" || !saved.has(item.client_id));
    return { ...state, outbox, notes: { ...state.notes, [conversation]: all } };
  },

  state(state, frame) {
    const chat = state.chats[frame.conversation];
    if (!chat || (!chat.isDoubtful && frame.revision < chat.state.revision)) return state;
    const marks = frame.marks ? raise(chat.state.marks, frame.marks) : chat.state.marks;
    return withChat(state, { ...chat, isDoubtful: false, state: { ...frame, marks } });
  },

  ack(state, frame) {
    const pending = state.outbox.find((item) => item.client_id === frame.client_id && item.kind !== "note");
    if (!pending) return state;
    const { conversation, client_id, seq, at } = frame;
    const words = { author: "agent", kind: "text", text: pending.text, name: state.me.name };
    return FRAMES.message(state, { conversation, client_id, seq, at, ...words });
  },

  typing(state, frame) {
    if (frame.author !== "visitor") return state;
    return { ...state, typing: { ...state.typing, [frame.conversation]: frame.receivedAt + TYPING_SHOWN } };
  },

  marks(state, frame) {
    const chat = state.chats[frame.conversation];
    if (!chat) return state;
    const marks = raise(chat.state.marks, frame);
    const unread = marks.agent_read >= chat.state.last_seq ? 0 : chat.unread;
    return withChat(state, { ...chat, unread, state: { ...chat.state, marks } });
  },

  availability: (state, frame) => ({ ...state, availability: frame, isSwitching: false }),

  offer(state, frame) {
    const others = state.offers.filter((offer) => offer.id !== frame.id);
    const deciding = state.offers.find((offer) => offer.id === frame.id)?.deciding ?? "";
    return { ...state, offers: [...others, { ...frame, deciding }].sort(byExpiry) };
  },

  offer_settled(state, frame) {
    const offer = state.offers.find((known) => known.id === frame.id);
    if (!offer) return state;
    const rest = { ...state, offers: state.offers.filter((known) => known !== offer) };
    // Whoever clicked Accept and got it sees the chat open; that says it.
    const isWon = frame.status === "accepted" && offer.deciding === "accept";
    if (isWon) return { ...rest, accepted: { conversation: frame.conversation || offer.conversation } };
    return withToast(rest, frame.text, "");
  },

  error(state, frame) {
    if (frame.client_id) {
      const failed = { status: "failed", error: frame.text };
      if (state.outbox.some((pending) => pending.client_id === frame.client_id)) {
        const outbox = withoutRefused(state.outbox, frame);
        return { ...state, outbox: changePending(outbox, frame.client_id, failed) };
      }
    }
    if (frame.code === "protocol") return { ...state, refusal: frame.text };
    const offers = state.offers.map((offer) => (offer.deciding ? { ...offer, deciding: "" } : offer));
    return withToast({ ...state, offers, isSwitching: false, endings: withoutSent(state.endings) }, frame.text, "bad");
  },
};

const DEEDS = {
  ...TRANSFER_DEEDS,
  ...MENTION_DEEDS,
  ...ENDING_DEEDS,

  connected: (state, { status }) => (state.connection === status ? state : { ...state, connection: status }),

  opened(state, { conversation }) {
    const threads = conversation && !state.threads[conversation] ? { [conversation]: EMPTY } : {};
    return { ...state, open: conversation, threads: { ...state.threads, ...threads } };
  },

  looked(state, { conversation, seq }) {
    const marks = { conversation, agent_delivered: seq, agent_read: seq };
    return FRAMES.marks(state, marks);
  },

  outbox_loaded(state, { items }) {
    const kept = items.filter((item) => !isSaved(state, item));
    return { ...state, outbox: kept.map((item) => ({ status: "queued", ...item, ...refusalOf(state, item) })) };
  },

  queued: (state, { item }) => ({ ...state, outbox: [...state.outbox, { ...item, status: "queued" }] }),

  retried: (state, { client_id, at }) => ({
    ...state,
    outbox: changePending(state.outbox, client_id, { status: "queued", error: "", at }),
  }),

  discarded: (state, { client_id }) => ({ ...state, outbox: withoutPending(state.outbox, client_id) }),

  uploading: (state, { upload }) => ({ ...state, uploads: [...state.uploads, { ...upload, status: "queued" }] }),

  upload_failed: (state, { client_id, error }) => ({
    ...state,
    uploads: changePending(state.uploads, client_id, { status: "failed", error }),
  }),

  upload_retried: (state, { client_id }) => ({
    ...state,
    uploads: changePending(state.uploads, client_id, { status: "queued", error: "" }),
  }),

  upload_gone: (state, { client_id }) => ({ ...state, uploads: withoutPending(state.uploads, client_id) }),

  decided: (state, { id, deciding }) => ({
    ...state,
    offers: state.offers.map((offer) => (offer.id === id ? { ...offer, deciding } : offer)),
  }),

  // The server settles every offer; this is for a page whose connection is gone.
  offers_expired(state, { before }) {
    const offers = state.offers.filter((offer) => Date.parse(offer.expires_at) > before);
    return offers.length === state.offers.length ? state : { ...state, offers };
  },

  switching: (state) => ({ ...state, isSwitching: true }),
  told: (state, { text, tone = "", link = null }) => withToast(state, text, tone, link),
  toast_closed: (state, { id }) => ({ ...state, toasts: state.toasts.filter((toast) => toast.id !== id) }),
};

function byExpiry(one, other) {
  return Date.parse(one.expires_at) - Date.parse(other.expires_at) || (one.id < other.id ? -1 : 1);
}

function keyed(chats) {
  return Object.fromEntries(chats.map((chat) => [chat.state.conversation, chat]));
}

/** What a welcome doesn't mention is no longer this agent's active chat; how it ended isn't known (`isDoubtful`). */
function closeActive(chats) {
  const close = (chat) =>
    isMine(chat) ? { ...chat, isDoubtful: true, state: { ...chat.state, phase: "ended", can: [] } } : chat;
  return mapValues(chats, close);
}

function mapValues(table, change) {
  return Object.fromEntries(Object.entries(table).map(([key, value]) => [key, change(value)]));
}

function withChat(state, chat) {
  return { ...state, chats: { ...state.chats, [chat.state.conversation]: chat } };
}

function withPreview(state, message) {
  const chat = state.chats[message.conversation];
  if (!chat || message.seq <= chat.state.last_seq) return state;
  // Whoever looks on at somebody else's chat is called by none of its messages.
  const isUnread = !chat.read_only && message.author === "visitor" && message.seq > (chat.state.marks?.agent_read ?? 0);
  const preview = message.kind === "notice" ? {} : { last_text: message.text, last_at: message.at };
  return withChat(state, {
    ...chat,
    ...preview,
    waiting_since: waitingSince(chat, message),
    unread: message.author === "agent" ? 0 : (chat.unread ?? 0) + (isUnread ? 1 : 0),
    state: { ...chat.state, last_seq: message.seq },
  });
}

/** The visitor waits from the first word that this agent leaves unanswered. */
function waitingSince(chat, message) {
  if (message.author === "agent" && message.kind !== "notice") return null;
  return message.author === "visitor" ? (chat.waiting_since ?? message.at) : (chat.waiting_since ?? null);
}

function raise(held = {}, given) {
  const raised = MARKS.map((name) => [name, Math.max(held[name] ?? 0, given[name] ?? 0)]);
  return Object.fromEntries([["conversation", given.conversation], ...raised]);
}

function without(table, key) {
  if (!(key in table)) return table;
  const { [key]: _gone, ...rest } = table;
  return rest;
}

function withoutPending(outbox, clientId) {
  return outbox.some((item) => item.client_id === clientId)
    ? outbox.filter((item) => item.client_id !== clientId)
    : outbox;
}

function changePending(outbox, clientId, change) {
  return outbox.map((item) => (item.client_id === clientId ? { ...item, ...change } : item));
}

/** What another tab writes brings all that waits anew: what was refused here is so until somebody tries it again. */
function refusalOf(state, { client_id, at }) {
  const held = state.outbox.find((pending) => pending.client_id === client_id && pending.at === at);
  if (held?.status !== "failed") return {};
  const { status, error, mentions } = held;
  return { status, error, ...(mentions ? { mentions } : {}) };
}

function isSaved(state, item) {
  const thread = state.threads[item.conversation]?.messages;
  const rows = (item.kind === "note" ? state.notes[item.conversation] : thread) ?? [];
  return rows.some((row) => row.client_id === item.client_id);
}

function withToast(state, text, tone, link = null) {
  const id = state.toastCount + 1;
  const toast = { id, text, tone, ...(link ? { link } : {}) };
  return { ...state, toastCount: id, toasts: [...state.toasts, toast].slice(-3) };
}
