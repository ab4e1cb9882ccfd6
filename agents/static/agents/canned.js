import { findReplies } from "./canned-search.js";
import { fillIn, valuesOf } from "./canned-text.js";
import { make, part, setText, show } from "./dom.js";

/** What was fetched is asked for anew after so long, milliseconds. */
const FRESH = 60_000;
const SHOWN = 50;

/**
 * Canned replies: "/" at the beginning of the composer opens them, typing finds, the arrows choose, Enter or Tab puts
 * one in, Esc leaves the "/" alone. The box keeps the focus all the time (LC-42).
 */
export class Canned {
  constructor({ store, config, say, composer }) {
    Object.assign(this, { store, config, say, composer });
    this.box = part("composer-text");
    this.list = part("replies");
    this.known = { replies: [], variables: {} };
    this.fetchedAt = 0;
    this.isKnown = false;
    this.found = [];
    this.chosen = 0;
    this.isLeftAlone = false;
    this.box.addEventListener("input", () => this.#look());
    this.box.addEventListener("blur", () => this.#close());
    // Before the composer, which would send the text.
    part("composer").addEventListener("keydown", (event) => this.#key(event), true);
    // Not on click: the box would lose the focus first.
    this.list.addEventListener("pointerdown", (event) => this.#point(event));
    store.subscribe((state, before) => state.open !== before.open && this.#close());
  }

  /** Takes what the server has after one was kept. */
  learn(known) {
    this.known = known;
    this.isKnown = true;
    this.fetchedAt = Date.now();
  }

  get #isOpen() {
    return !this.list.hidden;
  }

  get #query() {
    const { value } = this.box;
    return /^\/[^\n]{0,60}$/.test(value) ? value.slice(1) : null;
  }

  #look() {
    if (this.#query === null) {
      this.isLeftAlone = false;
      return this.#close();
    }
    if (this.isLeftAlone) return undefined;
    this.#render();
    return this.#fetch();
  }

  async #fetch() {
    if (Date.now() - this.fetchedAt < FRESH) return;
    this.fetchedAt = Date.now();
    try {
      const response = await fetch(this.config.repliesUrl, { redirect: "error" });
      if (!response.ok) throw new Error(String(response.status));
      this.learn(await response.json());
    } catch {
      // Offline: what is known is still of use; it is asked for again with the next letter.
      this.fetchedAt = 0;
    }
    // What was typed since may be no search any more.
    if (this.#query !== null && !this.isLeftAlone && document.activeElement === this.box) this.#render();
  }

  #render() {
    this.found = findReplies(this.known.replies, this.#query ?? "").slice(0, SHOWN);
    this.chosen = 0;
    this.list.replaceChildren(...this.found.map((reply, place) => this.#option(reply, place)));
    show(this.list, this.found.length > 0);
    show(part("replies-none"), this.isKnown && !this.found.length);
    setText(part("replies-said"), this.found.length ? this.say("replies_found", { n: this.found.length }) : "");
    this.box.setAttribute("aria-controls", this.list.id);
    this.#mark();
  }

  #option(reply, place) {
    const head = make("span", { class: "reply-head" }, make("code", {}, `/${reply.code}`), make("strong", { dir: "auto" }, reply.title));
    const own = reply.is_own ? make("span", { class: "reply-own" }, this.say("reply_own")) : "";
    head.append(own);
    const facts = { role: "option", id: `reply-${place}`, class: "reply", "data-place": place, "aria-selected": "false" };
    return make("li", facts, head, make("span", { class: "reply-text", dir: "auto" }, this.#fill(reply).text));
  }

  #fill(reply) {
    const { chats, open, me } = this.store.state;
    return fillIn(reply.text, valuesOf(chats[open]?.visitor, me), this.known.variables);
  }

  #mark() {
    [...this.list.children].forEach((node, place) => {
      node.setAttribute("aria-selected", String(place === this.chosen));
      if (place === this.chosen) node.scrollIntoView({ block: "nearest" });
    });
    if (this.found.length) this.box.setAttribute("aria-activedescendant", `reply-${this.chosen}`);
    else this.box.removeAttribute("aria-activedescendant");
  }

  #key(event) {
    const isNone = !part("replies-none").hidden;
    if (event.key === "Escape" && (this.#isOpen || isNone)) {
      this.isLeftAlone = true;
      this.#close();
    } else if (!this.#isOpen || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.chosen = (this.chosen + step + this.found.length) % this.found.length;
      this.#mark();
    } else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey) {
      this.#take(this.found[this.chosen]);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  #point(event) {
    const option = event.target.closest("[data-place]");
    // The box keeps the focus; the list itself can still be scrolled.
    event.preventDefault();
    if (option && event.button === 0) this.#take(this.found[Number(option.dataset.place)]);
  }

  /** Puts it in to be read over, never straight to the visitor; the first gap is marked, to be typed over. */
  #take(reply) {
    const { text, gap } = this.#fill(reply);
    this.#close();
    this.composer.put(text, gap);
  }

  #close() {
    show(this.list, false);
    show(part("replies-none"), false);
    setText(part("replies-said"), "");
    this.box.removeAttribute("aria-activedescendant");
  }
}

/** The dialog that keeps a text for later; `open(text)` begins with this one. */
export class ReplyDialog {
  constructor({ config, say, store, onKept }) {
    Object.assign(this, { config, say, store, onKept });
    this.dialog = part("reply-dialog");
    this.form = part("reply-form");
    this.error = part("reply-error");
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#keep();
    });
    part("reply-cancel").addEventListener("click", () => this.dialog.close());
  }

  open(text) {
    this.form.reset();
    this.form.elements.text.value = text;
    show(this.error, false);
    this.dialog.showModal();
    this.form.elements.code.focus();
  }

  async #keep() {
    const button = part("reply-keep");
    button.disabled = true;
    try {
      const response = await fetch(this.config.repliesUrl, {
        method: "POST",
        body: new FormData(this.form),
        headers: { "X-CSRFToken": document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "" },
        redirect: "error",
      });
      const answer = await response.json();
      if (response.ok) this.#wasKept(answer);
      else this.#refused(answer.text, answer.field);
    } catch {
      this.#refused(this.say("reply_offline"), "");
    } finally {
      button.disabled = false;
    }
  }

  #wasKept(known) {
    this.dialog.close();
    this.onKept(known);
    const sentence = this.form.elements.propose.checked ? "reply_proposed" : "reply_kept";
    this.store.dispatch({ type: "told", text: this.say(sentence, { code: this.form.elements.code.value.replace(/^\//, "") }) });
  }

  #refused(text, field) {
    setText(this.error, text);
    show(this.error, true);
    this.form.elements[field]?.focus();
  }
}
