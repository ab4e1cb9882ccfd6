import { fileNode } from "./files.js";
import { arrange, icon, make, makeLink, part, setText, show } from "./dom.js";
import { linkify, safeHref } from "./linkify.js";
import { splitMentions } from "./mention-text.js";
import { rowsOf, tickOf } from "./rows.js";

/** So near to the end counts as at the end, in pixels. */
const NEAR = 48;
const RICH_TAGS = new Set(["b", "strong", "i", "em", "u", "a", "ul", "ol", "li", "p", "br"]);
const AUTHORS = ["visitor", "agent", "bot", "system", "note"];
/** What the staff write: how far it has got is shown. */
const STAFF = new Set(["agent", "note"]);
/** So much of a note in sight was looked at, pixels. */
const SEEN = 40;
/** How long a note stands out that a link led to, milliseconds. */
const CALLED = 4_000;

/** The middle of the inbox: everything said, live. The log is upside down in CSS, so it begins at its end. */
export class Transcript {
  constructor({ store, times, clock, say, config, onRetry, onDiscard, onSave, onScroll }) {
    Object.assign(this, { store, times, clock, say, config, onRetry, onDiscard, onSave });
    this.scroller = part("transcript");
    this.list = part("messages");
    this.earlier = document.querySelector('[data-part="earlier"]'); // only where the page leaves messages out
    this.typing = part("typing");
    this.below = part("below");
    this.nodes = new Map();
    this.shown = "";
    // A note that somebody wants to see and that isn't here yet.
    this.wanted = null;
    this.scroller.addEventListener("scroll", () => {
      if (this.isAtEnd) show(this.below, false);
      onScroll();
    });
    this.below.addEventListener("click", () => this.toEnd());
    store.subscribe((state, before) => this.#render(state, before));
    setInterval(() => this.#renderTyping(store.state), 1_000);
  }

  get isAtEnd() {
    return Math.abs(this.scroller.scrollTop) < NEAR;
  }

  toEnd() {
    this.scroller.scrollTop = 0;
  }

  /** Leads to a note beside a chat, now or when both are here; false while they aren't. */
  toNote(conversation, number) {
    this.wanted = { conversation, number };
    return this.#showWanted();
  }

  isNoteInView(number) {
    const note = this.#findNote(number)?.getBoundingClientRect();
    const view = this.scroller.getBoundingClientRect();
    const height = note ? Math.min(note.bottom, view.bottom) - Math.max(note.top, view.top) : 0;
    return height > 0 && height >= Math.min(SEEN, note.height);
  }

  #findNote(number) {
    return this.list.querySelector(`[data-note="${number}"]`);
  }

  #showWanted() {
    const node = this.wanted?.conversation === this.shown ? this.#findNote(this.wanted.number) : null;
    if (!node) return false;
    this.wanted = null;
    node.tabIndex = -1;
    node.focus({ preventScroll: true });
    node.scrollIntoView({ block: "center" });
    node.classList.add("is-called");
    setTimeout(() => node.classList.remove("is-called"), CALLED);
    return true;
  }

  #render(state, before) {
    const id = state.open;
    if (!id) return;
    const isAnother = id !== this.shown;
    if (isAnother) this.#clear(id);
    const isSame =
      state.threads[id] === before.threads[id] &&
      state.notes[id] === before.notes[id] &&
      state.outbox === before.outbox &&
      state.uploads === before.uploads;
    if (isAnother || !isSame) this.#renderRows(state, id);
    if (isAnother || !isSame || state.chats[id] !== before.chats[id]) this.#renderTicks(state, id);
    this.#renderTyping(state);
    // Said aloud from now on: not the history, only what comes.
    if (isAnother) queueMicrotask(() => this.scroller.setAttribute("aria-live", "polite"));
  }

  #clear(id) {
    this.scroller.setAttribute("aria-live", "off");
    this.nodes.clear();
    this.list.replaceChildren();
    if (this.earlier) show(this.earlier, this.earlier.dataset.conversation === id);
    this.shown = id;
    this.toEnd();
  }

  #renderRows(state, id) {
    const thread = state.threads[id];
    const mine = [...state.outbox, ...state.uploads].filter((item) => item.conversation === id);
    const pending = mine.sort((one, other) => one.at - other.at);
    const dayOf = (at) => this.times.dayOf(at);
    this.rows = rowsOf({ messages: thread?.messages ?? [], notes: state.notes[id], pending, dayOf });
    show(part("loading"), Boolean(thread) && !thread.isLoaded && !thread.messages.length);
    const wasAtEnd = this.isAtEnd;
    const height = this.scroller.scrollHeight;
    const count = this.list.children.length;
    arrange(this.list, this.rows.map((row) => this.#nodeOf(row)));
    if (this.#showWanted()) return undefined;
    if (wasAtEnd) return this.toEnd();
    // Whoever reads further up keeps the place.
    this.scroller.scrollTop -= this.scroller.scrollHeight - height;
    return show(this.below, this.list.children.length > count);
  }

  #nodeOf(row) {
    const known = this.nodes.get(row.key);
    const node = known ?? this.#make(row);
    this.nodes.set(row.key, node);
    if (row.kind === "line") this.#dress(node, row);
    return node;
  }

  #make(row) {
    if (row.kind === "day") {
      const text = this.times.divider(Date.parse(row.at), this.clock.now());
      return make("li", { class: "day" }, make("span", {}, text));
    }
    const { message } = row;
    if (row.kind === "notice") {
      const facts = { class: "system-line", "data-part": "message", "data-seq": message.seq, "data-author": "system" };
      return make("li", facts, make("span", {}, this.#noticeOf(message)), this.#time(message));
    }
    return this.#makeLine(row);
  }

  #noticeOf({ text, notice, name = "" }) {
    return text || this.say(`notice_${notice}`, { name });
  }

  #makeLine({ message }) {
    const author = AUTHORS.includes(message.author) ? message.author : "system";
    const name = make("span", { class: "message-name" }, this.#nameOf(message));
    const bubble = make("div", { class: "bubble", dir: "auto" }, ...this.#contentOf(message));
    const meta = make("span", { class: "message-meta" }, this.#time(message));
    const facts = { class: `message from-${author} is-${message.kind}`, "data-part": "message", "data-author": author };
    const node = make("li", facts, name, bubble);
    if (message.document) bubble.append(documentOf(message.document));
    if (message.ask) node.append(this.#choicesOf(message.ask));
    if (STAFF.has(author)) meta.append(make("span", { class: "tick", "data-part": "tick" }));
    if (author === "agent" && !message.file && this.onSave) meta.prepend(this.#saveButton(message));
    node.append(meta);
    return node;
  }

  #contentOf(message) {
    if (message.kind === "fallback" && message.rich?.length) return message.rich.map((rich) => this.#richNode(rich));
    if (message.file) return [this.#fileOf(message.file)];
    return splitMentions(message.text, message.mentions).flatMap(({ text, mention }) =>
      mention ? [this.#mentionOf(text, mention)] : linkify(text).map((piece) => (piece.href ? makeLink(piece.href, piece.text) : piece.text)),
    );
  }

  #mentionOf(text, { id }) {
    return make("span", { class: id === this.store.state.me.id ? "mention is-mine" : "mention" }, text);
  }

  #fileOf(file) {
    return fileNode(file, { url: `${this.config.inboxUrl}files/${file.id}/`, language: document.documentElement.lang });
  }

  /** Formatted text as elements from a fixed set; anything else keeps its text only. */
  #richNode({ tag = "", text = "", href = "", children = [] }) {
    const inner = [text, ...children.map((child) => this.#richNode(child))];
    if (tag === "a" && safeHref(href)) return makeLink(safeHref(href), ...inner);
    return make(RICH_TAGS.has(tag) && tag !== "a" ? tag : "span", {}, ...inner);
  }

  #choicesOf(ask) {
    const labels = (ask.choices ?? []).map((choice) => choice.label);
    const chips = (labels.length ? labels : (ask.options ?? [])).map((label) => make("li", { class: "choice" }, label));
    return make("ul", { class: "choices", "aria-label": this.say("choices") }, ...chips);
  }

  #nameOf(message) {
    if (message.author === "bot") return this.say("bot");
    if (message.author === "agent") return message.name || this.store.state.me.name;
    if (message.author === "note") return this.say("note_by", { name: message.name || this.store.state.me.name });
    return this.store.state.chats[this.shown]?.visitor.name ?? this.say("visitor");
  }

  #time(message) {
    const at = Date.parse(message.at);
    const facts = { class: "message-time", datetime: message.at, title: this.times.whole.format(at) };
    return make("time", facts, this.times.clock.format(at));
  }

  #dress(node, row) {
    const { message } = row;
    if (message.seq) node.dataset.seq = message.seq;
    if (message.author === "note") this.#dressNote(node, message);
    // While it was on its way it was only a name.
    const bubble = message.file && !node.querySelector(".file") ? node.querySelector(".bubble") : null;
    bubble?.replaceChildren(this.#fileOf(message.file));
    node.classList.toggle("is-following", row.isFollowing);
    node.classList.toggle("is-last", row.isLast);
    for (const chip of node.querySelectorAll(".choice")) {
      chip.classList.toggle("is-chosen", chip.textContent === row.chosen);
    }
  }

  /** It gets its number when it is saved; whom it can't call it calls no more. */
  #dressNote(node, message) {
    if (message.number) node.dataset.note = message.number;
    const called = (message.mentions ?? []).map(({ id }) => id).join(" ");
    if ((node.dataset.called ?? "") === called) return;
    node.dataset.called = called;
    node.querySelector(".bubble").replaceChildren(...this.#contentOf(message));
  }

  #renderTicks(state, id) {
    const marks = state.chats[id]?.state.marks;
    for (const row of this.rows ?? []) {
      if (STAFF.has(row.message?.author) && row.kind === "line") this.#tick(this.nodes.get(row.key), row.message, marks);
    }
  }

  #tick(node, message, marks) {
    const tick = part("tick", node);
    const state = tickOf(message, marks);
    if (tick.dataset.state === state) return;
    tick.dataset.state = state;
    tick.replaceChildren(icon(TICKS[state]), make("span", { class: "tick-word" }, this.say(`tick_${state}`)));
    node.classList.toggle("is-pending", state === "pending");
    node.classList.toggle("is-failed", state === "failed");
    part("failure", node)?.remove();
    if (state === "failed") node.append(this.#failure(message));
  }

  /** Own words that were good once are good again (LC-42). */
  #saveButton({ text }) {
    const label = this.say("reply_save");
    const button = make("button", { type: "button", class: "save-reply", "aria-label": label, title: label }, icon("canned"));
    button.addEventListener("click", () => this.onSave(text));
    return button;
  }

  #failure(message) {
    const retry = make("button", { type: "button", class: "link-button" }, this.say("retry"));
    const discard = make("button", { type: "button", class: "link-button" }, this.say("discard"));
    retry.addEventListener("click", () => this.onRetry(message.client_id));
    discard.addEventListener("click", () => this.onDiscard(message.client_id));
    const words = make("span", {}, message.error || this.say("not_sent"));
    return make("span", { class: "failure", "data-part": "failure" }, words, " ", retry, " ", discard);
  }

  #renderTyping(state) {
    const isTyping = (state.typing[state.open] ?? 0) > Date.now();
    if (isTyping === !this.typing.hidden) return;
    setText(part("typing-text"), isTyping ? this.say("typing", { name: this.#nameOf({ author: "visitor" }) }) : "");
    show(this.typing, isTyping);
  }
}

const TICKS = { pending: "clock", failed: "alert", sent: "tick", delivered: "ticks", read: "ticks", noted: "note" };

/** The PDF that the visitor is shown, under its name; our own server has it. */
function documentOf({ name, url }) {
  return make("p", { class: "document" }, makeLink(new URL(url, location.origin).href, name));
}
