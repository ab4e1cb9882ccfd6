import { part, setText, show } from "./dom.js";
import { countingOf } from "./ending-state.js";
import { UNDO_WITHIN } from "./endings.js";
import { isMine } from "./reducer.js";
import { countdown } from "./times.js";

/** The strip of a chat that is being ended: how long that can be undone, whichever chat is open. */
export class EndingStrip {
  constructor({ store, endings, say, onUndo }) {
    Object.assign(this, { store, say });
    this.strip = part("ending");
    this.isShown = false;
    part("undo-end").addEventListener("click", () => {
      const conversation = endings.undo();
      if (conversation) onUndo(conversation);
    });
    part("end-now").addEventListener("click", () => endings.hurry());
    store.subscribe((state) => this.#render(state));
    setInterval(() => this.#tick(), 250);
  }

  #render(state) {
    const counting = countingOf(state);
    const conversation = counting || (state.endings[state.open] ? state.open : "");
    // It may have gone to a colleague this moment.
    const name = state.chats[conversation]?.visitor.name ?? "";
    const held = this.strip.contains(document.activeElement);
    show(this.strip, Boolean(conversation));
    show(part("ending-buttons"), Boolean(counting));
    show(part("ending-countdown"), Boolean(counting));
    this.strip.classList.toggle("is-counting", Boolean(counting));
    setText(part("ending-text"), conversation ? this.say("ending", { name }) : "");
    if (held) this.#keepFocus(state, conversation, counting);
    this.#tick();
  }

  /** What had the focus may be gone: the strip itself keeps it, and after the strip the box of the chat that goes on. */
  #keepFocus(state, conversation, counting) {
    if (conversation && !counting) this.strip.focus();
    else if (!conversation && isMine(state.chats[state.open])) part("composer-text").focus({ preventScroll: true });
  }

  #tick() {
    const { endings } = this.store.state;
    const ending = endings[countingOf(this.store.state)];
    if (!ending) return;
    const left = Math.max(0, ending.until - Date.now());
    setText(part("ending-countdown"), countdown(left));
    part("ending-bar").style.setProperty("--left", String(left / UNDO_WITHIN));
  }
}
