import { make, part, setText, show } from "./dom.js";
import { findColleagues, mentionsIn, MOST, typedName } from "./mention-text.js";
import { Picker } from "./picker.js";

/** What was fetched is asked for anew after so long, milliseconds. */
const FRESH = 60_000;
const SHOWN = 50;

/**
 * "@" in a note opens the colleagues who may see this chat; whoever is picked is called, not whoever has that name.
 * In a reply it is only text. Below the box stands who will be told.
 */
export class MentionPicker {
  constructor({ store, config, say, composer, drafts, isBusy }) {
    Object.assign(this, { store, config, say, composer, drafts, isBusy });
    this.box = part("composer-text");
    this.none = part("mentions-none");
    this.names = new Intl.ListFormat(document.documentElement.lang || "en", { type: "conjunction" });
    this.known = { conversation: "", colleagues: null, at: 0 };
    // The "@" that Esc was pressed at is text from then on.
    this.leftAloneAt = -1;
    this.picker = new Picker({
      box: this.box,
      form: part("composer"),
      list: part("colleagues"),
      none: this.none,
      said: part("mentions-found"),
      onTake: (colleague) => this.#take(colleague),
      onEscape: () => (this.leftAloneAt = this.#start),
    });
    this.box.addEventListener("input", () => this.#look());
    store.subscribe((state, before) => state.open !== before.open && this.picker.close());
  }

  /** Whom the text calls that is sent now; the next note begins with nobody. */
  takePicked(conversation, text) {
    const called = mentionsIn(text, this.drafts.readMentions(conversation));
    this.drafts.keepMentions(conversation, []);
    return called;
  }

  /** Says below the box who will be told of what is written so far. */
  showTold() {
    this.#prepare();
    const called = this.composer.isNote ? mentionsIn(this.box.value, this.#picked) : [];
    const text = called.length ? this.say("mention_tells", { names: this.names.format(called.map(({ name }) => name)) }) : "";
    setText(part("mentions-told"), text);
    show(part("mentions-told"), Boolean(text));
    if (!this.composer.isNote) this.picker.close();
  }

  get #picked() {
    return this.drafts.readMentions(this.store.state.open);
  }

  get #before() {
    return this.box.value.slice(0, this.box.selectionStart);
  }

  /** What is typed behind an "@" at the caret; null where none is, or where it is no search (any more). */
  get #query() {
    if (!this.composer.isNote || this.isBusy() || this.box.selectionStart !== this.box.selectionEnd) return null;
    const typed = typedName(this.#before);
    const isWhole = this.#picked.some(({ name }) => name === typed?.trim());
    return isWhole || this.#start === this.leftAloneAt ? null : typed;
  }

  /** Where that "@" stands. */
  get #start() {
    return this.#before.lastIndexOf("@");
  }

  #look() {
    if (this.leftAloneAt >= 0 && this.box.value[this.leftAloneAt] !== "@") this.leftAloneAt = -1;
    if (this.#query === null) return this.picker.close();
    this.#render();
    return this.#fetch(this.store.state.open);
  }

  /** Whoever begins a note may type a name and Enter faster than a slow network answers: then nobody would be called. */
  #prepare() {
    const { open } = this.store.state;
    const isNew = open && this.known.conversation !== open;
    if (isNew && this.composer.isNote && document.activeElement === this.box) void this.#fetch(open);
  }

  async #fetch(conversation) {
    if (this.known.conversation === conversation && Date.now() - this.known.at < FRESH) return;
    const held = this.known.conversation === conversation ? this.known.colleagues : null;
    this.known = { conversation, colleagues: held, at: Date.now() };
    try {
      const response = await fetch(`${this.config.inboxUrl}${conversation}/colleagues/`, { redirect: "error" });
      if (!response.ok) throw new Error(String(response.status));
      const { colleagues } = await response.json();
      if (this.known.conversation === conversation) this.known.colleagues = colleagues;
    } catch {
      // Offline: it is asked for again with the next letter.
      if (this.known.conversation === conversation) this.known.at = 0;
    }
    if (this.#query !== null && document.activeElement === this.box) this.#render();
  }

  #render() {
    const { colleagues } = this.known.conversation === this.store.state.open ? this.known : { colleagues: null };
    const query = this.#query ?? "";
    const isFull = mentionsIn(this.box.value, this.#picked).length >= MOST;
    const found = isFull ? [] : findColleagues(colleagues ?? [], query).slice(0, SHOWN);
    // With a space in it, it is rather a sentence than a name that nobody has.
    const isNone = colleagues !== null && !found.length && (isFull || !query.includes(" "));
    const none = isFull ? "mention_most" : colleagues?.length ? "mention_not_found" : "mention_nobody";
    setText(this.none, this.say(none, { n: MOST }));
    this.picker.offer(found, { draw: (one) => this.#draw(one), said: this.say("mention_found", { n: found.length }), isNone });
  }

  #draw({ name, able, text }) {
    const state = make("span", { class: `colleague-state ${able ? "is-able" : ""}` }, text);
    return [make("span", { class: "reply-head" }, make("strong", { dir: "auto" }, name), state)];
  }

  #take({ id, name }) {
    const { open } = this.store.state;
    this.drafts.keepMentions(open, [...this.#picked.filter((one) => one.id !== id), { id, name }]);
    const head = `${this.box.value.slice(0, this.#start)}@${name} `;
    const tail = this.box.value.slice(this.box.selectionStart).replace(/^ /, "");
    this.composer.put(head + tail, [head.length, head.length]);
  }
}
