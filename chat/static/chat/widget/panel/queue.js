// What the visitor wrote and the server hasn't confirmed: kept over reloads, sent in order, sent again until it is
// confirmed (DL-02, DL-05). The stored list is shared by all tabs; a message sent by two of them counts once.

const LIMIT = 50;
const IN_FLIGHT = 5;
const RESEND_MS = 10_000;

export class Queue {
  constructor(memory, now) {
    this.memory = memory;
    this.now = now;
    this.flying = new Map();
    this.reload();
  }

  /** Reads the list again: another tab has changed it. Items confirmed here stay until their message is seen. */
  reload() {
    const confirmed = (this.items ?? []).filter((item) => item.sent);
    const stored = this.memory.get("queue") || [];
    this.items = [...confirmed.filter((item) => !stored.some((other) => other.client_id === item.client_id)), ...stored];
  }

  /** Puts an item at the end; false when too much waits already. */
  add(item) {
    this.reload();
    if (this.items.filter((other) => !other.sent).length >= LIMIT) return false;
    this.items.push({ ...item, at: this.now() });
    this.save();
    return true;
  }

  /** Sends what is due through `send(frame)`, at most a few unconfirmed at a time. */
  pump(send) {
    for (const item of this.items) {
      if (this.flying.size >= IN_FLIGHT) return;
      if (item.sent || item.failed || this.flying.has(item.client_id)) continue;
      if (!send(frameOf(item))) return;
      this.flying.set(item.client_id, this.now());
    }
  }

  /** Whatever was sent on the old socket may not have arrived. */
  disconnected() {
    this.flying.clear();
  }

  /** Lets go of what wasn't confirmed in time, so that the next pump sends it again. */
  expire() {
    for (const [clientId, at] of this.flying) if (this.now() - at >= RESEND_MS) this.flying.delete(clientId);
  }

  /** The server has it; shown as sent until the message itself comes. */
  confirm(clientId) {
    this.change(clientId, { sent: true });
  }

  fail(clientId, reason) {
    this.change(clientId, { failed: reason });
  }

  retry(clientId, conversation) {
    this.change(clientId, { failed: undefined, conversation });
  }

  /** Forgets items: their messages are in the transcript, or the visitor threw them away. */
  remove(clientIds) {
    const gone = new Set(clientIds);
    if (!this.items.some((item) => gone.has(item.client_id))) return;
    this.reload();
    this.items = this.items.filter((item) => !gone.has(item.client_id));
    gone.forEach((clientId) => this.flying.delete(clientId));
    this.save();
  }

  find(clientId) {
    return this.items.find((item) => item.client_id === clientId);
  }

  clear() {
    this.items = [];
    this.flying.clear();
    this.save();
  }

  change(clientId, values) {
    this.reload();
    this.flying.delete(clientId);
    this.items = this.items.map((item) => (item.client_id === clientId ? { ...item, ...values } : item));
    this.save();
  }

  save() {
    const unsent = this.items.filter((item) => !item.sent);
    this.memory.set("queue", unsent.length ? unsent : null);
  }
}

function frameOf({ type, conversation, card, client_id, value }) {
  return type === "answer" ? { type, conversation, card, client_id, value } : { type, conversation, client_id, text: value };
}
