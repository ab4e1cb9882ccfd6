import { arrange, part, setText, show, stamp } from "./dom.js";
import { waitOf } from "./waits.js";

const REFRESH_EVERY = 5_000;
const BLANK = "00000000-0000-0000-0000-000000000000";

/**
 * The tab with everybody's chats (LC-38): running ones as they are now, past ones in pages. It looks anew every few
 * seconds while it is on screen; a chat opens as a page that only looks on.
 */
export class EveryoneList {
  constructor({ store, times, clock, say, url }) {
    Object.assign(this, { store, times, clock, say, url });
    this.template = document.getElementById("chat-item");
    this.running = part("everyone-running");
    this.past = part("everyone-past");
    this.more = part("everyone-more");
    this.items = new Map();
    this.isShown = false;
    this.older = "";
    this.more.addEventListener("click", () => this.#load(this.older));
    setInterval(() => this.isShown && document.visibilityState === "visible" && this.#refresh(), REFRESH_EVERY);
  }

  /** The tab was chosen, or left. */
  show(isShown) {
    if (isShown && !this.isShown) this.#load();
    this.isShown = isShown;
  }

  async #refresh() {
    const found = await this.#ask("?only=running");
    if (found) this.#showRunning(found.running);
  }

  async #load(before = "") {
    const found = await this.#ask(before ? `?before=${encodeURIComponent(before)}` : "");
    if (!found) return;
    this.#showRunning(found.running);
    const nodes = found.past.map((chat) => this.#nodeOf(chat));
    if (before) this.past.append(...nodes);
    else this.past.replaceChildren(...nodes);
    if (before) nodes[0]?.querySelector("a").focus();
    this.older = found.older;
    show(this.more, Boolean(this.older));
    show(part("everyone-no-past"), !this.past.children.length);
  }

  async #ask(query) {
    let found = null;
    try {
      const answer = await fetch(`${this.url}${query}`, { headers: { Accept: "application/json" } });
      found = answer.ok ? await answer.json() : null;
    } catch {
      // Offline: what is shown may be old, and says so.
    }
    show(part("everyone-old"), !found);
    return found;
  }

  #showRunning(chats) {
    arrange(this.running, chats.map((chat) => this.#nodeOf(chat)));
    show(part("everyone-no-running"), !chats.length);
  }

  #nodeOf(chat) {
    const id = chat.state.conversation;
    if (!this.items.has(id)) this.items.set(id, this.#make(id));
    const item = this.items.get(id);
    this.#fill(chat, item);
    return item.node;
  }

  #make(id) {
    const item = stamp(this.template);
    item.node.dataset.conversation = id;
    item.slots.link.setAttribute("href", item.slots.link.getAttribute("href").replace(BLANK, id));
    return item;
  }

  #fill(chat, { node, slots }) {
    const now = this.clock.now();
    const { grade, share, time } = waitOf(chat.waiting_since ? now - Date.parse(chat.waiting_since) : 0, this.say);
    const at = chat.last_at ?? chat.accepted_at;
    setText(slots.initial, [...chat.visitor.name][0]?.toUpperCase() ?? "?");
    setText(slots.name, chat.visitor.name);
    setText(slots.company, this.say("with_agent", { name: chat.state.agent?.name ?? "" }));
    setText(slots.preview, chat.last_text ?? "");
    setText(slots.time, grade ? this.say("waits", { time }) : at ? this.times.short(at, now) : "");
    if (at) slots.time.setAttribute("title", this.times.whole.format(Date.parse(at)));
    node.dataset.waiting = grade;
    slots.initial.style.setProperty("--waited", `${share * 360}deg`);
    show(slots.unread_box, false);
    if (node.dataset.conversation === this.store.state.open) slots.link.setAttribute("aria-current", "true");
    else slots.link.removeAttribute("aria-current");
  }
}
