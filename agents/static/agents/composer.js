import { part, setText, show } from "./dom.js";

export const LONGEST = 4_000;
const COUNT_FROM = 3_600;
const TYPING_EVERY = 3_000;

/** Where the agent writes: Enter sends, Shift+Enter breaks the line, a draft per chat outlives reloads (LC-29). */
export class Composer {
  constructor({ store, drafts, say, onSend, onTyping }) {
    Object.assign(this, { store, drafts, say, onSend, onTyping });
    this.form = part("composer");
    this.box = part("composer-text");
    this.button = part("send");
    this.conversation = "";
    this.typedAt = 0;
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    this.box.addEventListener("keydown", (event) => {
      // While an input method composes, Enter belongs to it.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      this.#send();
    });
    this.box.addEventListener("input", () => this.#typed());
    store.subscribe((state) => this.#follow(state.open));
  }

  focus() {
    this.box.focus({ preventScroll: true });
  }

  get text() {
    return this.box.value;
  }

  #follow(conversation) {
    if (conversation === this.conversation) return;
    this.conversation = conversation;
    this.typedAt = 0;
    this.box.value = conversation ? this.drafts.read(conversation) : "";
    this.#measure();
  }

  #typed() {
    this.drafts.keep(this.conversation, this.box.value);
    this.#measure();
    const now = Date.now();
    if (!this.box.value.trim() || now - this.typedAt < TYPING_EVERY) return;
    this.typedAt = now;
    this.onTyping(this.conversation);
  }

  #send() {
    const text = this.box.value.trim();
    if (!text || [...text].length > LONGEST) return this.focus();
    this.box.value = "";
    this.drafts.keep(this.conversation, "");
    this.typedAt = 0;
    this.#measure();
    this.onSend(this.conversation, text);
    return this.focus();
  }

  #measure() {
    const length = [...this.box.value.trim()].length;
    this.button.disabled = length === 0 || length > LONGEST;
    const count = part("composer-count");
    show(count, length > COUNT_FROM);
    setText(count, this.say("characters_left", { n: LONGEST - length }));
    count.classList.toggle("is-over", length > LONGEST);
    // As high as its text, up to what the style sheet allows.
    this.box.style.height = "auto";
    this.box.style.height = `${this.box.scrollHeight + 2}px`;
  }
}
