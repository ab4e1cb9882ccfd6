// What the transcript shows, line by line: a pure function of the messages and of what waits to be sent.
import { may } from "./view.js";
import { dayKey } from "./wording.js";

const GROUP_MS = 5 * 60_000;
const RECEIPT_PHASES = ["waiting", "active", "ended"];

/** Rows in order: `{ key, kind: "day" | "notice" | "message", … }`; `first` and `last` are places in a group. */
export function transcriptRows(view, queued, isConnected) {
  // Another tab's message may be here before it is out of the queue that the tabs share.
  const seen = new Set(view.messages.map((message) => message.client_id));
  const waiting = queued.filter((item) => !seen.has(item.client_id));
  const said = [...view.messages.map(fromMessage), ...waiting.map((item) => fromQueued(item, isConnected, may(view, item.type)))];
  said.forEach((row, place) => {
    row.first = !belong(said[place - 1], row);
    row.last = !belong(row, said[place + 1]);
  });
  setReceipt(view, said);
  return withDays(said);
}

function fromMessage(message) {
  const own = message.author === "visitor";
  return {
    key: own && message.client_id ? `c:${message.client_id}` : `s:${message.seq}`,
    kind: message.kind === "notice" ? "notice" : "message",
    author: message.author, name: message.name || "", seq: message.seq, own,
    text: message.text || "", rich: message.rich || null, document: message.document || null, file: message.file || null, notice: message.notice || "", at: Date.parse(message.at),
  };
}

function fromQueued(item, isConnected, mayRetry) {
  const progress = item.sent ? "sent" : isConnected ? "sending" : "held";
  const receipt = item.failed ? "failed" : progress;
  return {
    key: `c:${item.client_id}`, kind: "message", author: "visitor", name: "", seq: 0, own: true, text: item.label,
    rich: null, at: item.at, clientId: item.client_id, failed: item.failed || "", mayRetry, receipt,
  };
}

function belong(one, other) {
  if (!one || !other || one.kind !== "message" || other.kind !== "message") return false;
  const isSameVoice = one.author === other.author && one.name === other.name && !one.failed && !other.failed;
  return isSameVoice && other.at - one.at < GROUP_MS && dayKey(one.at) === dayKey(other.at);
}

// Only under the last of the visitor's own lines, as people know it from other messengers.
function setReceipt(view, said) {
  const own = said.findLast((row) => row.own && !row.receipt);
  if (!own || !RECEIPT_PHASES.includes(view.state?.phase)) return;
  if (view.marks.agent_read >= own.seq) own.receipt = "read";
  else own.receipt = view.marks.agent_delivered >= own.seq ? "delivered" : "sent";
  own.last = true;
}

function withDays(said) {
  const rows = [];
  let day = "";
  for (const row of said) {
    const its = dayKey(row.at);
    if (its !== day) rows.push({ key: `d:${its}`, kind: "day", at: row.at });
    day = its;
    rows.push(row);
  }
  return rows;
}
