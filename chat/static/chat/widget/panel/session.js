// The visitor's session: joins the connection, the view, the queue and the other tabs, and tells the panel what changed.
import { Connection } from "./connection.js";
import { takeTurn } from "./minting.js";
import { randomId } from "../loader/natives.js";
import { Queue } from "./queue.js";
import { applyFrame, askedToSync, disconnected, EMPTY_VIEW, isBehind, may, unreadAfter } from "./view.js";

const PROTOCOL = 1;
const TYPING_EVERY_MS = 3_000;
const MARK_MS = 300;
const SYNC_MS = 300;
// The server dropped frames because there were too many; what was under way goes out again after a pause.
const SLOW_DOWN = "slow_down";
const SLOW_DOWN_MS = 3_000;
// What an answer to these is worth an event of its own to the page (DG-19).
const GIVEN = ["email", "phone"];
export const OPEN_PHASES = ["bot", "waiting", "active"];

export class Session {
  constructor({ url, memory, tabs, env, page, who, language, onChange, onEvent }) {
    Object.assign(this, { memory, tabs, env, page, who, language, onChange, onEvent });
    this.view = EMPTY_VIEW;
    this.queue = new Queue(memory, env.now);
    this.show = false;
    this.flow = "";
    this.left = null;
    this.refusal = null;
    this.readSeq = 0;
    this.marked = { delivered: 0, read: 0 };
    this.typedAt = -TYPING_EVERY_MS;
    this.timers = new Map();
    this.sentToken = "";
    this.wasRefused = false;
    this.connection = new Connection({
      url, env,
      prepare: () => this.prepare(),
      hello: () => this.hello(),
      onFrame: (frame) => this.take(frame),
      onStatus: (status) => this.statusChanged(status),
      onRefused: () => this.refused(),
    });
    this.stopListening = tabs.listen((message) => this.heard(message));
  }

  get status() {
    return this.connection.status;
  }

  /** The visitor asked for a new conversation, and the server has none: it shows the old one, or nothing. */
  get hasNothing() {
    const { welcomed, state, conversation } = this.view;
    return welcomed && (!state || (conversation === this.left && !OPEN_PHASES.includes(state.phase)));
  }

  get unread() {
    return unreadAfter(this.view, this.readSeq);
  }

  /** Connects; `show` says that the panel is open, so that a dialogue may begin. */
  start({ show }) {
    this.show = show || this.show;
    if (this.status === "open") this.askToShow();
    else if (this.status === "waiting") this.connection.nudge();
    else this.connection.start();
  }

  // A hello from before the panel was opened began no dialogue, and a socket takes only one.
  askToShow() {
    if (this.show && !this.sentShow && !this.view.state) this.connection.restart();
  }

  hidden() {
    this.show = false;
  }

  /** Starts a flow in place of what is shown; the server says what comes of it (DG-20). */
  startFlow(slug) {
    this.show = true;
    if (this.connection.send({ type: "flow", slug })) return;
    this.flow = slug;
    this.start({ show: true });
  }

  /** The visitor moved to another page of the site. */
  moved() {
    this.connection.send({ type: "page", ...this.page() });
  }

  /** The page's script knows something of its visitor. */
  know(values) {
    this.connection.send({ type: "facts", ...values });
  }

  /** What the visitor does with the document of a card. */
  reading(card, event, page = 0) {
    this.connection.send({ type: "reading", conversation: this.view.conversation, card, event, page });
  }

  /** Leaves an address and stops waiting; false where there is no connection to tell it over (LC-27). */
  contact(email) {
    return this.connection.send({ type: "contact", conversation: this.view.conversation, email });
  }

  /** Leaves the finished conversation and asks for the next one. */
  startOver({ tell = true } = {}) {
    this.left = this.view.conversation;
    this.view = { ...EMPTY_VIEW, skew: this.view.skew };
    this.memory.set("conversation", null);
    this.queue.clear();
    this.refusal = null;
    this.readSeq = 0;
    if (tell) this.tabs.tell({ type: "over" });
    this.connection.restart();
    this.onChange([]);
  }

  post(text) {
    // What is written after this message is new typing, however soon it begins.
    this.typedAt = -TYPING_EVERY_MS;
    return this.enqueue({ type: "post", value: text, label: text });
  }

  answer(card, value, label, input = "") {
    this.refusal = null;
    return this.enqueue({ type: "answer", card, value, label, input });
  }

  retry(clientId) {
    this.queue.retry(clientId, this.view.conversation);
    this.flush();
  }

  discard(clientId) {
    this.queue.remove([clientId]);
    this.onChange([]);
  }

  cancel() {
    this.connection.send({ type: "cancel", conversation: this.view.conversation });
  }

  end() {
    this.connection.send({ type: "end", conversation: this.view.conversation });
  }

  typing() {
    if (!may(this.view, "post") || this.env.now() - this.typedAt < TYPING_EVERY_MS) return;
    this.typedAt = this.env.now();
    this.connection.send({ type: "typing", conversation: this.view.conversation });
  }

  /** The visitor has looked at everything up to here. */
  looked() {
    if (this.readSeq >= this.view.last) return;
    this.readSeq = this.view.last;
    this.markSoon();
  }

  nudge() {
    this.connection.nudge();
  }

  stop() {
    this.connection.stop();
    this.release?.();
    this.timers.forEach((timer) => this.env.clearTimeout(timer));
    this.timers.clear();
  }

  destroy() {
    this.stop();
    this.stopListening();
  }

  /** Forgets the visitor: the next one at this computer must not read along. */
  forget() {
    this.stop();
    this.queue.clear();
    this.memory.clear();
    this.view = EMPTY_VIEW;
    this.show = false;
    this.readSeq = 0;
    this.onChange([]);
  }

  async prepare() {
    this.release?.();
    const hasToken = () => Boolean(this.memory.get("token"));
    this.release = await takeTurn(this.env.locks, "switchboard:first-token", hasToken);
  }

  hello() {
    this.sentToken = this.memory.get("token") || "";
    this.known = this.memory.get("conversation");
    this.sentShow = this.show;
    return {
      type: "hello", protocol: PROTOCOL, token: this.sentToken, show: this.show,
      conversation: this.view.conversation || this.memory.get("conversation") || "",
      after: this.view.last, page: this.page(), ...this.who(), language: this.language, flow: this.flow,
    };
  }

  take(frame) {
    if (frame.type === "welcome" && this.isSecondVisitor(frame)) return;
    const before = this.view;
    this.view = applyFrame(before, this.withText(frame), this.env.now());
    if (frame.type === "welcome") this.welcomed(frame);
    else if (frame.type === "ack" || frame.type === "accepted") this.confirmed(frame.client_id);
    else if (frame.type === "error") this.failed(frame);
    else if (frame.type === "pong") this.queue.expire();
    this.settle(before);
    this.onChange(this.arrivals(before));
    if (frame.type === "welcome") this.askToShow();
  }

  confirmed(clientId) {
    const item = this.queue.find(clientId);
    if (item) this.taken(item);
    this.queue.confirm(clientId);
  }

  // Told by the tab that sent it, whether the answer's message comes first or its confirmation.
  taken({ client_id: clientId, type, input, value }) {
    if (type !== "answer" || !value || !GIVEN.includes(input) || !this.queue.flying.has(clientId)) return;
    this.onEvent(`${input}:given`);
  }

  // What this socket posted itself comes back as its ack alone; a text that another tab took away is asked for.
  withText(frame) {
    return frame.instead ? { ...frame, text: this.queue.find(frame.client_id)?.value } : frame;
  }

  // Without locks two tabs can each be given a first token. The one that was stored first counts.
  isSecondVisitor(frame) {
    const stored = this.memory.get("token") || "";
    if (this.sentToken || !stored || stored === frame.token) return false;
    this.env.setTimeout(() => this.connection.restart(), 0);
    return true;
  }

  welcomed(frame) {
    this.wasRefused = false;
    this.flow = "";
    this.sentToken = frame.token;
    if (this.memory.get("token") !== frame.token) {
      this.memory.set("token", frame.token);
      this.tabs.tell({ type: "token" });
    }
    this.release?.();
    this.marked = { delivered: this.view.marks.visitor_delivered, read: this.view.marks.visitor_read };
  }

  // Everything that follows from the new view, whichever frame brought it.
  settle(before) {
    const seen = new Set(this.view.messages.map((message) => message.client_id));
    const moved = (item) => item.sent && item.type === "answer" && this.view.state?.awaiting !== item.card;
    const gone = this.queue.items.filter((item) => seen.has(item.client_id) || moved(item));
    gone.forEach((item) => this.taken(item));
    this.queue.remove(gone.map((item) => item.client_id));
    if (before.state?.awaiting !== this.view.state?.awaiting) this.refusal = null;
    this.remember();
    if (isBehind(this.view)) this.later("sync", SYNC_MS, () => this.sync());
    if (this.view.last > this.marked.delivered) this.markSoon();
    if (this.status === "open") this.queue.pump((frame) => this.connection.send(frame));
  }

  remember() {
    if (!this.view.welcomed) return;
    const isLive = OPEN_PHASES.includes(this.view.state?.phase);
    if (Boolean(this.memory.get("live")) !== isLive) this.memory.set("live", isLive || null);
    if (this.memory.get("conversation") !== (this.view.conversation || null)) {
      this.memory.set("conversation", this.view.conversation || null);
    }
  }

  /** Messages that weren't there before; history that a first welcome brings is none, a conversation that begins is. */
  arrivals(before) {
    if (this.view.conversation !== before.conversation || !before.welcomed) return this.isNew() ? this.view.messages : [];
    return this.view.messages.filter((message) => message.seq > before.last);
  }

  // Begun by this very hello: nobody has answered, and no page remembers it.
  isNew() {
    const { conversation, messages, state } = this.view;
    const isKnown = this.known === conversation;
    this.known = conversation;
    return Boolean(conversation) && !isKnown && state?.phase === "bot" && messages.every((message) => message.author === "bot");
  }

  failed(frame) {
    const item = frame.client_id && this.queue.find(frame.client_id);
    if (frame.code === SLOW_DOWN) {
      this.later("slow", SLOW_DOWN_MS, () => {
        this.queue.disconnected();
        this.flush();
      });
    } else if (!item) {
      this.onEvent("refused", { code: frame.code, text: frame.text, field: frame.field ?? "" });
    } else if (item.type === "answer") {
      this.queue.remove([item.client_id]);
      this.refusal = { card: item.card, value: item.value, text: frame.text };
    } else {
      this.queue.fail(item.client_id, frame.text);
    }
  }

  refused() {
    if (this.wasRefused || !this.sentToken) return false;
    this.wasRefused = true;
    // Another tab may have been given a new one meanwhile.
    if (this.memory.get("token") === this.sentToken) this.memory.set("token", null);
    this.memory.set("conversation", null);
    this.view = EMPTY_VIEW;
    return true;
  }

  statusChanged(status) {
    if (status !== "open") {
      this.view = disconnected(this.view);
      this.queue.disconnected();
      this.release?.();
    }
    this.onEvent("connection", { status });
    this.onChange([]);
  }

  heard(message) {
    if (message.type === "over") this.startOver({ tell: false });
    if (message.type === "queue") {
      this.queue.reload();
      this.onChange([]);
    }
  }

  enqueue(item) {
    const added = this.queue.add({ ...item, client_id: randomId(this.env.crypto), conversation: this.view.conversation });
    if (!added) return false;
    this.onEvent("message:sent");
    this.tabs.tell({ type: "queue" });
    this.flush();
    return true;
  }

  flush() {
    if (this.status === "open") this.queue.pump((frame) => this.connection.send(frame));
    else this.connection.nudge();
    this.onChange([]);
  }

  sync() {
    if (!isBehind(this.view)) return;
    if (this.connection.send({ type: "sync", conversation: this.view.conversation, after: this.view.last })) {
      this.view = askedToSync(this.view);
    }
  }

  markSoon() {
    this.later("mark", MARK_MS, () => {
      const mark = { delivered: this.view.last, read: Math.max(this.readSeq, this.marked.read) };
      if (mark.delivered <= this.marked.delivered && mark.read <= this.marked.read) return;
      if (this.connection.send({ type: "mark", conversation: this.view.conversation, ...mark })) this.marked = mark;
    });
  }

  // At most one of each name under way; a second one while it runs adds nothing.
  later(name, delay, action) {
    if (this.timers.has(name)) return;
    this.timers.set(name, this.env.setTimeout(() => {
      this.timers.delete(name);
      action();
    }, delay));
  }
}
