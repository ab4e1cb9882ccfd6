import { part, setText, show } from "./dom.js";
import { noteDraftOf } from "./outbox.js";
import { isOver } from "./reducer.js";

export const LONGEST = 4_000;
const COUNT_FROM = 3_600;
const TYPING_EVERY = 3_000;

/**
 * Where the agent writes: Enter sends, Shift+Enter breaks the line, a draft per chat outlives reloads (LC-29). Alt+N
 * turns it into where notes to colleagues are written. Each keeps its own text, and every chat begins with the reply.
 * Beside a chat that is over there are only notes.
 */
export class Composer {
  constructor({ store, drafts, say, onSend, onNote, onTyping, onChange }) {
    Object.assign(this, { store, drafts, say, onSend, onNote, onTyping, onChange });
    this.form = part("composer");
    this.box = part("composer-text");
    this.button = part("send");
    this.toggle = part("note-toggle");
    this.words = { reply: this.#readWords(), note: this.#getNoteWords() };
    this.conversation = "";
    this.mode = "reply";
    this.isOver = false;
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
    this.toggle.addEventListener("click", () => this.#switch());
    // A phone that is turned breaks the lines elsewhere.
    window.addEventListener("resize", () => this.#measure());
    document.addEventListener("keydown", (event) => {
      // By its place on the keyboard: with Alt it writes another sign on many of them.
      const isShortcut = event.code === "KeyN" && event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey;
      if (!isShortcut || this.form.hidden || this.form.inert || !this.conversation || document.querySelector("dialog[open]")) return;
      event.preventDefault();
      this.#switch();
    });
    store.subscribe((state) => this.#follow(state));
  }

  focus() {
    this.box.focus({ preventScroll: true });
  }

  get text() {
    return this.box.value;
  }

  get isNote() {
    return this.mode === "note";
  }

  /** Turns to replies or to notes; what is half-written of the other waits there. */
  write(mode) {
    this.mode = this.isOver ? "note" : mode;
    const { label, placeholder, hint, button } = this.words[this.mode];
    this.form.dataset.mode = this.mode;
    show(this.toggle, !this.isOver);
    this.toggle.setAttribute("aria-pressed", String(this.isNote));
    this.box.placeholder = placeholder;
    setText(part("composer-label"), label);
    setText(part("composer-hint-text"), this.isOver ? this.say("note_hint_over") : hint);
    this.button.setAttribute("aria-label", button);
    setText(part("send-word"), button);
    show(part("send-word"), this.isNote);
    this.box.value = this.conversation ? this.drafts.read(this.#draft) : "";
    this.typedAt = 0;
    this.#markDraft();
    this.#measure();
  }

  /** Puts a text in place of what is there, as if it was typed; `marked` is a part of it to type over. */
  put(text, marked = null) {
    this.box.value = text;
    this.drafts.keep(this.#draft, text);
    this.#measure();
    this.focus();
    this.box.setSelectionRange(...(marked ?? [text.length, text.length]));
  }

  get #draft() {
    return this.isNote ? noteDraftOf(this.conversation) : this.conversation;
  }

  #switch() {
    this.write(this.isNote ? "reply" : "note");
    this.focus();
  }

  #readWords() {
    return {
      label: part("composer-label").textContent,
      placeholder: this.box.placeholder,
      hint: part("composer-hint-text").textContent,
      button: this.button.getAttribute("aria-label"),
    };
  }

  #getNoteWords() {
    return {
      label: this.say("note_label"),
      placeholder: this.say("note_placeholder"),
      hint: this.say("note_hint"),
      button: this.say("note_send"),
    };
  }

  #follow({ open, chats }) {
    const isPast = isOver(chats[open]);
    if (open === this.conversation && isPast === this.isOver) return;
    this.conversation = open;
    this.isOver = isPast;
    this.write("reply");
  }

  #typed() {
    this.drafts.keep(this.#draft, this.box.value);
    this.#measure();
    const now = Date.now();
    // The visitor isn't to know that something is being written which will never come.
    if (this.isNote || !this.box.value.trim() || now - this.typedAt < TYPING_EVERY) return;
    this.typedAt = now;
    this.onTyping(this.conversation);
  }

  #send() {
    const text = this.box.value.trim();
    if (!text || [...text].length > LONGEST) return this.focus();
    this.box.value = "";
    this.drafts.keep(this.#draft, "");
    this.typedAt = 0;
    this.#measure();
    if (this.isNote) this.onNote(this.conversation, text);
    else this.onSend(this.conversation, text);
    return this.focus();
  }

  /** A note that was begun shows at its button while a reply is written. */
  #markDraft() {
    const isWaiting = !this.isNote && this.conversation && this.drafts.read(noteDraftOf(this.conversation));
    this.toggle.classList.toggle("has-draft", Boolean(isWaiting));
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
    this.onChange();
  }
}
