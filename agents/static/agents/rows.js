/** Messages of one writer within so many milliseconds stand together, with one name and one time. */
const TOGETHER = 3 * 60_000;

/**
 * What a transcript shows, from top to bottom; pure. Each row has a `key` that stays the same from "sending" to "read",
 * so that a view keeps its element and a screen reader hears it once.
 */
export function rowsOf({ messages, notes = [], pending, dayOf }) {
  const rows = [];
  let before = null;
  const lines = [...withNotes(messages, notes), ...pending.map(asMessage)];
  lines.forEach((message, index) => {
    const at = Date.parse(message.at);
    const day = dayOf(at);
    if (!before || dayOf(Date.parse(before.at)) !== day) rows.push({ kind: "day", key: `day-${day}`, at: message.at });
    rows.push(rowOf(message, before, lines[index + 1], answerTo(message, lines, index)));
    before = message;
  });
  return rows;
}

/** How far an agent's message has come: pending, failed, sent, delivered or read (LC-30). */
export function tickOf(message, marks = {}) {
  if (message.status) return message.status === "failed" ? "failed" : "pending";
  if (message.author === "note") return "noted";
  if ((marks.visitor_read ?? 0) >= message.seq) return "read";
  return (marks.visitor_delivered ?? 0) >= message.seq ? "delivered" : "sent";
}

/** Each note below the message that was there when it was written. */
function withNotes(messages, notes) {
  const lines = [];
  let next = 0;
  for (const message of messages) {
    while (next < notes.length && notes[next].after < message.seq) lines.push(asLine(notes[next++]));
    lines.push(message);
  }
  return [...lines, ...notes.slice(next).map(asLine)];
}

function asLine({ number, client_id, name, text, at, mentions }) {
  return { number, client_id, name, text, at, mentions, author: "note", kind: "text", seq: 0 };
}

// A card's buttons are history here: what the visitor chose is told by the next message.
function answerTo(message, lines, index) {
  if (!message.ask) return "";
  const next = lines.slice(index + 1).find((line) => line.author !== "note");
  return next?.author === "visitor" ? next.text : "";
}

/** What is told by its sender's own id before it has a number, and after. */
function isByClientId({ author, client_id }) {
  return Boolean(client_id) && (author === "agent" || author === "note");
}

function rowOf(message, before, after, chosen) {
  const isLine = message.kind !== "notice";
  return {
    kind: isLine ? "line" : "notice",
    key: isByClientId(message) ? `c-${message.client_id}` : `s-${message.seq}`,
    message,
    isFollowing: isLine && isTogether(before, message),
    isLast: !(after && isTogether(message, after)),
    chosen,
  };
}

function isTogether(one, other) {
  if (!one || !other || one.kind === "notice" || other.kind === "notice") return false;
  // Notes are by several people; one that is still on its way is by this one.
  if (one.author === "note" && one.name && other.name && one.name !== other.name) return false;
  return one.author === other.author && Date.parse(other.at) - Date.parse(one.at) < TOGETHER;
}

function asMessage({ kind, client_id, text, at, status, error, mentions }) {
  const author = kind === "note" ? "note" : "agent";
  return { client_id, text, at: new Date(at).toISOString(), status, error, mentions, author, kind: "text", seq: 0 };
}
