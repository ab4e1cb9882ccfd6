import { make, makeLink, part, setText, show } from "./dom.js";
import { linkify, safeHref } from "./linkify.js";

/** A page that the visitor goes to is often followed by the next one, milliseconds. */
const SETTLE = 1_500;
/** What was read so long ago is read again when somebody looks. */
const FRESH_FOR = 10_000;

/** Whether the open chat's visitor was heard of between two states: did something, or said who it is; pure. */
export function wasHeardOf(state, before) {
  const [chat, earlier] = [state.chats[state.open], before.chats[state.open]];
  return Boolean(chat && earlier) && chat.visitor !== earlier.visitor;
}

/**
 * Below the facts: what the visitor did in the last 90 days, with earlier chats to read in place (LC-39). It is read
 * again whenever the visitor was heard of, and whenever somebody comes back to look.
 */
export class VisitorHistory {
  constructor({ store, times, clock, say, config }) {
    Object.assign(this, { store, times, clock, say, config });
    this.list = part("history");
    this.more = part("history-more");
    this.status = part("history-status");
    this.conversation = "";
    this.older = "";
    this.timer = 0;
    this.readAt = 0;
    this.more.addEventListener("click", () => this.#load(this.older));
    store.subscribe((state, before) => this.#follow(state, before));
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.#lookAgain());
    for (const button of document.querySelectorAll("[data-to-pane=panel]")) {
      button.addEventListener("click", () => this.#lookAgain());
    }
  }

  #follow(state, before) {
    const id = state.chats[state.open] ? state.open : "";
    if (id !== this.conversation) {
      this.conversation = id;
      this.isPaged = false;
      this.list.replaceChildren();
      show(this.more, false);
      if (id) this.#load();
    } else if (id && wasHeardOf(state, before)) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.#isUntouched() && this.#load(), SETTLE);
    }
  }

  #lookAgain() {
    if (this.conversation && Date.now() - this.readAt > FRESH_FOR && this.#isUntouched()) this.#load();
  }

  /** Whoever has paged back, reads a chat or is on an entry keeps the place; what is new comes with the next visit. */
  #isUntouched() {
    return !this.list.querySelector("[open]") && !this.isPaged && !this.list.contains(document.activeElement);
  }

  async #load(before = "") {
    const asked = this.conversation;
    this.readAt = Date.now();
    this.#tell(before || this.list.children.length ? "" : "history_loading");
    const query = before ? `?before=${encodeURIComponent(before)}` : "";
    const page = await readJson(`${this.config.inboxUrl}${asked}/history/${query}`);
    if (asked !== this.conversation) return;
    if (!page) return this.#tell("history_failed");
    const nodes = page.entries.map((entry) => this.#nodeOf(entry));
    if (before) this.list.append(...nodes);
    else this.list.replaceChildren(...nodes);
    this.isPaged = Boolean(before);
    this.older = page.older ?? "";
    show(this.more, Boolean(this.older));
    if (before) nodes[0]?.querySelector("a, summary")?.focus();
    this.#tell(this.list.children.length ? "" : "history_empty");
  }

  #tell(key) {
    setText(this.status, key ? this.say(key) : "");
    show(this.status, Boolean(key));
  }

  #nodeOf(entry) {
    const at = Date.parse(entry.at);
    const when = make("time", { datetime: entry.at, title: this.times.whole.format(at) }, this.times.short(entry.at, this.clock.now()));
    const href = safeHref(entry.url ?? "");
    const title = href ? make("a", { href, target: "_blank", rel: "noopener noreferrer nofollow" }, entry.title) : entry.title;
    const head = [
      make("span", { class: "history-kind" }, this.say(`history_${entry.kind}`)),
      make("span", { class: "history-title", dir: "auto" }, title),
      when,
      entry.detail ? make("span", { class: "history-detail", dir: "auto" }, entry.detail) : null,
    ];
    const facts = { class: "history-item", "data-part": "history-item", "data-kind": entry.kind };
    if (!entry.conversation) return make("li", facts, make("div", { class: "history-head" }, ...head));
    return make("li", facts, this.#openable(entry, head));
  }

  #openable({ conversation }, head) {
    const lines = make("ol", { class: "history-lines", "data-part": "history-lines" });
    const node = make("details", {}, make("summary", { class: "history-head" }, ...head), lines);
    node.addEventListener("toggle", () => {
      if (node.open && !lines.children.length) this.#read(conversation, lines);
    });
    return node;
  }

  async #read(conversation, lines) {
    lines.replaceChildren(make("li", {}, this.say("history_loading")));
    const found = await readJson(`${this.config.inboxUrl}${this.conversation}/history/${conversation}/`);
    if (!found) return lines.replaceChildren(make("li", {}, this.say("history_failed")));
    const rows = found.messages.map((message) => this.#lineOf(message));
    if (found.has_earlier) rows.unshift(make("li", { class: "history-notice" }, this.say("history_cut")));
    return lines.replaceChildren(...rows);
  }

  #lineOf(message) {
    const at = Date.parse(message.at);
    const when = make("time", { datetime: message.at, title: this.times.whole.format(at) }, this.times.clock.format(at));
    if (message.kind === "notice") {
      const words = message.text || this.say(`notice_${message.notice}`, { name: message.name ?? "" });
      return make("li", { class: "history-notice" }, words, " ", when);
    }
    const name = make("strong", {}, this.#nameOf(message));
    const text = linkify(message.text).map(({ text: words, href }) =>
      href ? makeLink(href, words) : words,
    );
    return make("li", { "data-author": message.author }, name, " ", when, make("p", { dir: "auto" }, ...text));
  }

  #nameOf({ author, name }) {
    if (author === "visitor") return this.store.state.chats[this.conversation]?.visitor.name ?? this.say("visitor");
    return name || this.say("bot");
  }
}

async function readJson(url) {
  try {
    const answer = await fetch(url, { headers: { Accept: "application/json" }, credentials: "same-origin" });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}
