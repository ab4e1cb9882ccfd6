// What is known of the conversation: a pure function from frames to the next view (DL-03, DL-04).

const TYPING_MS = 6_000;
const NO_MARKS = { visitor_delivered: 0, visitor_read: 0, agent_delivered: 0, agent_read: 0 };

/**
 * `last`: everything up to it is here. `want`: the highest number known to exist. `asked`: up to where the running sync
 * will answer, or null. `held`: messages that came before their turn. `skew`: server's clock minus ours, milliseconds.
 * `files`: the server takes images and PDFs.
 */
export const EMPTY_VIEW = Object.freeze({
  conversation: "", messages: [], held: [], last: 0, want: 0, asked: null,
  state: null, marks: NO_MARKS, typingUntil: 0, skew: 0, welcomed: false, files: false,
});

export function applyFrame(view, frame, now) {
  switch (frame.type) {
    case "welcome": return applyWelcome(view, frame, now);
    case "state": return ofThis(view, frame) ? applyState(view, frame) : view;
    case "message": return ofThis(view, frame) ? applyMessage(view, frame) : view;
    case "ack": return ofThis(view, frame) ? applyAck(view, frame) : view;
    case "messages": return ofThis(view, frame) ? applyPage(view, frame.messages, frame.more) : view;
    case "marks": return ofThis(view, frame) ? { ...view, marks: latestMarks(view.marks, frame) } : view;
    case "typing": return ofThis(view, frame) && frame.author === "agent" ? { ...view, typingUntil: now + TYPING_MS } : view;
    case "pong": return applyPong(view, frame, now);
    default: return view;
  }
}

export function isBehind(view) {
  return view.want > view.last && view.asked === null;
}

/** The view once a `sync` was sent. */
export function askedToSync(view) {
  return { ...view, asked: view.want };
}

/** The view once the socket is gone: no answer to a running sync will come. */
export function disconnected(view) {
  return { ...view, asked: null, typingUntil: 0 };
}

/** The card that waits for the visitor's answer, as it was put, or null; an answer comes before the state that says so. */
export function awaitedAsk(view) {
  const card = may(view, "answer") && view.state.awaiting;
  if (!card) return null;
  const asked = view.messages.findLast((message) => message.ask?.card === card || message.author === "visitor");
  return asked?.ask ?? null;
}

export function may(view, action) {
  return Boolean(view.state?.can.includes(action));
}

/** How many messages from the other side come after `seq`. */
export function unreadAfter(view, seq) {
  const looked = Math.max(seq, view.marks.visitor_read);
  return view.messages.filter((message) => message.seq > looked && isFromThem(message)).length;
}

export function isFromThem(message) {
  return message.author === "agent" || message.author === "bot" || message.kind === "fallback";
}

function ofThis(view, frame) {
  return frame.conversation === view.conversation;
}

function applyWelcome(view, frame, now) {
  const conversation = frame.state?.conversation ?? (frame.reset ? "" : view.conversation);
  const isOther = frame.reset || conversation !== view.conversation;
  const kept = isOther ? { ...EMPTY_VIEW, conversation } : view;
  // A snapshot, so it is right whatever was held before; a conversation the server no longer shows is done.
  const state = frame.state ?? (kept.state && { ...kept.state, phase: "done", can: [], awaiting: "" });
  const next = {
    ...kept, state, welcomed: true, files: Boolean(frame.files), skew: Date.parse(frame.now) - now, typingUntil: 0,
    marks: latestMarks(kept.marks, state?.marks), want: Math.max(kept.last, state?.last_seq ?? 0),
  };
  return applyPage({ ...next, asked: next.want }, frame.messages ?? [], frame.more);
}

function applyState(view, state) {
  const held = view.state;
  const isStale = held && (state.revision < held.revision
    || (state.revision === held.revision && state.last_seq < held.last_seq));
  if (isStale) return view;
  return {
    ...view, state, marks: latestMarks(view.marks, state.marks), want: Math.max(view.want, state.last_seq),
    typingUntil: state.phase === "active" ? view.typingUntil : 0,
  };
}

function applyMessage(view, message) {
  if (message.seq <= view.last || view.held.some((held) => held.seq === message.seq)) return view;
  const held = [...view.held, message].sort((one, other) => one.seq - other.seq);
  return release({ ...view, held, want: Math.max(view.want, message.seq) });
}

// An ack with `text` stands for its message; any other one only says that there is a message to come.
function applyAck(view, { conversation, client_id, seq, at, text }) {
  if (text === undefined) return { ...view, want: Math.max(view.want, seq) };
  return applyMessage(view, { conversation, client_id, seq, at, text, author: "visitor", kind: "text" });
}

// Numbers missing inside a page are messages that a visitor isn't meant to see, so they are no gap.
function applyPage(view, page, more = false) {
  const fresh = page.filter((message) => message.seq > view.last);
  const last = Math.max(view.last, fresh.at(-1)?.seq ?? 0, more ? 0 : view.asked ?? 0);
  const next = { ...view, messages: [...view.messages, ...fresh], last, asked: null };
  if (more) next.want = Math.max(next.want, last + 1);
  return release(withHeldBelow(next));
}

// What was pushed while the page was under way and that the page didn't reach or passed over.
function withHeldBelow(view) {
  const known = new Set(view.messages.map((message) => message.seq));
  const below = view.held.filter((message) => message.seq <= view.last && !known.has(message.seq));
  if (!below.length) return view;
  const messages = [...view.messages, ...below].sort((one, other) => one.seq - other.seq);
  return { ...view, messages };
}

function release(view) {
  let { last } = view;
  const ready = [];
  const held = view.held.filter((message) => {
    if (message.seq === last + 1) {
      ready.push(message);
      last = message.seq;
    }
    return message.seq > last;
  });
  const typingUntil = ready.some((message) => message.author === "agent") ? 0 : view.typingUntil;
  const messages = ready.length ? [...view.messages, ...ready] : view.messages;
  return { ...view, messages, held, last, want: Math.max(view.want, last), typingUntil };
}

function applyPong(view, frame, now) {
  const seq = frame.seqs?.[view.conversation] ?? 0;
  return { ...view, skew: Date.parse(frame.now) - now, want: Math.max(view.want, seq) };
}

function latestMarks(held, marks) {
  if (!marks) return held;
  return Object.fromEntries(Object.keys(NO_MARKS).map((key) => [key, Math.max(held[key], marks[key] ?? 0)]));
}
