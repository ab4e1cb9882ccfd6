import { arrange, part, setText, show, stamp } from "./dom.js";
import { waitOf } from "./waits.js";

const REFRESH_EVERY = 5_000;
const BLANK = "00000000-0000-0000-0000-000000000000";

/**
 * The tab with everybody's chats (LC-38): who waits and what runs as it is now, past ones in pages. It looks anew every few
 * seconds while it is on screen; a chat opens as a page that only looks on.
 */
export class EveryoneList {
  constructor({ store, times, clock, say, url }) {
    Object.assign(this, { store, times, clock, say, url });
    this.template = document.getElementById("chat-item");
    this.waiting = part("everyone-waiting");
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
    if (found) this.#showNow(found);
  }

  async #load(before = "") {
    const found = await this.#ask(before ? `?before=${encodeURIComponent(before)}` : "");
    if (!found) return;
    this.#showNow(found);
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

  #showNow({ waiting, running }) {
    arrange(this.waiting, waiting.map((chat) => this.#nodeOf(chat)));
    show(part("everyone-waits"), waiting.length > 0);
    arrange(this.running, running.map((chat) => this.#nodeOf(chat)));
    show(part("everyone-no-running"), !running.length);
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
    const since = chat.state.waiting_since ?? chat.waiting_since;
    const { grade, share, time } = waitOf(since ? now - Date.parse(since) : 0, this.say);
    const at = chat.last_at ?? chat.accepted_at;
    setText(slots.initial, [...chat.visitor.name][0]?.toUpperCase() ?? "?");
    setText(slots.name, chat.visitor.name);
    const isWaiting = chat.state.phase === "waiting";
    const agent = chat.state.agent?.name ?? "";
    setText(slots.company, isWaiting ? (chat.visitor.company ?? "") : this.say("with_agent", { name: agent }));
    setText(slots.preview, isWaiting ? this.#describeAsking(chat) : (chat.last_text ?? ""));
    setText(slots.time, grade || isWaiting ? this.say("waits", { time }) : at ? this.times.short(at, now) : "");
    if (at) slots.time.setAttribute("title", this.times.whole.format(Date.parse(at)));
    node.dataset.waiting = grade;
    slots.initial.style.setProperty("--waited", `${share * 360}deg`);
    show(slots.unread_box, false);
    if (node.dataset.conversation === this.store.state.open) slots.link.setAttribute("aria-current", "true");
    else slots.link.removeAttribute("aria-current");
  }

  #describeAsking({ asked }) {
    return asked ? this.say("asking", { name: asked }) : this.say("nobody_asked");
  }
}
