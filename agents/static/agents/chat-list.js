import { arrange, part, setText, show, slotsOf, stamp } from "./dom.js";
import { EveryoneList } from "./everyone-list.js";
import { keepTabs } from "./list-tabs.js";
import { byActivity } from "./next-chat.js";
import { isActive, isMine } from "./reducer.js";
import { waitOf } from "./waits.js";

const REFRESH_EVERY = 10_000;

/** The left pane: active chats, and all with the past ones; the newest first (LC-37, LC-38). */
export class ChatList {
  constructor({ store, times, clock, say, onOpen }) {
    Object.assign(this, { store, times, clock, say });
    this.template = document.getElementById("chat-item");
    this.items = new Map();
    this.active = part("active-chats");
    this.past = part("past-chats");
    for (const node of document.querySelectorAll("[data-part=chat-item]")) this.#adopt(node);
    // Active chats open in place; past ones are pages of their own, and so are new tabs.
    this.active.addEventListener("click", (event) => {
      const item = event.target.closest("[data-part=chat-item]");
      if (!item || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
      event.preventDefault();
      onOpen(item.dataset.conversation);
    });
    store.subscribe((state, before) => {
      if (state === before || changed(state, before)) this.#render(state);
    });
    setInterval(() => this.#render(store.state), REFRESH_EVERY);
    setInterval(() => this.#tick(store.state), 1_000);
    this.#keepTabs();
  }

  #keepTabs() {
    const url = part("chat-list").dataset.everyone;
    const everyone = url ? new EveryoneList({ ...this, url }) : null;
    const choose = keepTabs((name) => everyone?.show(name === "everyone"));
    choose(part("chat-list").dataset.tab);
  }

  #adopt(node) {
    this.items.set(node.dataset.conversation, { node, slots: slotsOf(node) });
  }

  #render(state) {
    const chats = Object.values(state.chats).filter((chat) => !chat.read_only).sort(byActivity);
    const active = chats.filter(isActive);
    const past = chats.filter((chat) => !isActive(chat) && !chat.is_elsewhere);
    arrange(this.active, active.map((chat) => this.#nodeOf(chat, state)));
    arrange(this.past, past.map((chat) => this.#nodeOf(chat, state)));
    show(part("no-active"), active.length === 0);
    show(part("no-past"), past.length === 0);
    setText(part("active-count"), String(active.length));
    if (!state.availability) return;
    setText(part("no-active-text"), state.availability.text);
  }

  #nodeOf(chat, state) {
    const id = chat.state.conversation;
    if (!this.items.has(id)) this.items.set(id, this.#make(id));
    const { node, slots } = this.items.get(id);
    this.#fill(chat, slots, node, state);
    return node;
  }

  #make(id) {
    const item = stamp(this.template);
    item.node.dataset.conversation = id;
    item.slots.link.setAttribute("href", item.slots.link.getAttribute("href").replace(BLANK, id));
    return item;
  }

  #fill(chat, slots, node, state) {
    const unread = isActive(chat) ? (chat.unread ?? 0) : 0;
    const isOpen = chat.state.conversation === state.open;
    setText(slots.initial, [...chat.visitor.name][0]?.toUpperCase() ?? "?");
    setText(slots.name, chat.visitor.name);
    setText(slots.company, chat.visitor.company ?? "");
    setText(slots.preview, this.#preview(chat, state));
    setText(slots.unread, String(unread));
    show(slots.unread_box, unread > 0);
    node.classList.toggle("is-unread", unread > 0);
    this.#fillAge(chat, slots, node);
    if (isOpen) slots.link.setAttribute("aria-current", "true");
    else slots.link.removeAttribute("aria-current");
  }

  /** When something was said last; for whoever waits too long for this agent, how long that is. */
  #fillAge(chat, slots, node) {
    const now = this.clock.now();
    const at = chat.last_at ?? chat.accepted_at;
    const since = isMine(chat) ? chat.waiting_since : null;
    const { grade, share, time } = waitOf(since ? now - Date.parse(since) : 0, this.say);
    node.dataset.waiting = grade;
    if (since) slots.initial.style.setProperty("--waited", `${share * 360}deg`);
    setText(slots.time, grade ? this.say("waits", { time }) : at ? this.times.short(at, now) : "");
    const whole = (moment) => this.times.whole.format(Date.parse(moment));
    const title = grade ? this.say("waiting_since", { time: whole(since) }) : at ? whole(at) : "";
    if (slots.time.getAttribute("title") !== title) slots.time.setAttribute("title", title);
  }

  #tick(state) {
    for (const chat of Object.values(state.chats)) {
      const item = this.items.get(chat.state.conversation);
      if (item && isMine(chat) && chat.waiting_since) this.#fillAge(chat, item.slots, item.node);
    }
  }

  #preview(chat, state) {
    const id = chat.state.conversation;
    if (state.endings[id]) return this.say("ending_short");
    if (chat.taken_over_by) return this.say("taken_over", { name: chat.taken_over_by });
    if (isActive(chat) && (state.typing[id] ?? 0) > Date.now()) return this.say("typing_short");
    const draft = state.outbox.findLast((item) => item.conversation === id && item.kind !== "note");
    return draft ? draft.text : (chat.last_text ?? "");
  }
}

/** Stands in the template's link where an id goes. */
const BLANK = "00000000-0000-0000-0000-000000000000";

function changed(state, before) {
  return ["chats", "open", "availability", "typing", "outbox", "endings"].some((name) => state[name] !== before[name]);
}
