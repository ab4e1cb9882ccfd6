/** Messages of one writer within so many milliseconds stand together, with one name and one time. */
const TOGETHER = 3 * 60_000;

/**
 * What a transcript shows, from top to bottom; pure. Each row has a `key` that stays the same from "sending" to "read",
 * so that a view keeps its element and a screen reader hears it once.
 */
export function rowsOf({ messages, pending, dayOf }) {
  const rows = [];
  let before = null;
  const lines = [...messages, ...pending.map(asMessage)];
  lines.forEach((message, index) => {
    const at = Date.parse(message.at);
    const day = dayOf(at);
    if (!before || dayOf(Date.parse(before.at)) !== day) rows.push({ kind: "day", key: `day-${day}`, at: message.at });
    rows.push(rowOf(message, before, lines[index + 1]));
    before = message;
  });
  return rows;
}

/** How far an agent's message has come: pending, failed, sent, delivered or read (LC-30). */
export function tickOf(message, marks = {}) {
  if (message.status) return message.status === "failed" ? "failed" : "pending";
  if ((marks.visitor_read ?? 0) >= message.seq) return "read";
  return (marks.visitor_delivered ?? 0) >= message.seq ? "delivered" : "sent";
}

function rowOf(message, before, after) {
  const isLine = message.kind !== "notice";
  return {
    kind: isLine ? "line" : "notice",
    key: message.author === "agent" && message.client_id ? `c-${message.client_id}` : `s-${message.seq}`,
    message,
    isFollowing: isLine && isTogether(before, message),
    isLast: !(after && isTogether(message, after)),
    // A card's buttons are history here: what the visitor chose is told by the next message.
    chosen: message.ask && after?.author === "visitor" ? after.text : "",
  };
}

function isTogether(one, other) {
  if (!one || !other || one.kind === "notice" || other.kind === "notice") return false;
  return one.author === other.author && Date.parse(other.at) - Date.parse(one.at) < TOGETHER;
}

function asMessage({ client_id, text, at, status, error }) {
  return { client_id, text, at: new Date(at).toISOString(), status, error, author: "agent", kind: "text", seq: 0 };
}
