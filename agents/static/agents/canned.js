import { findReplies } from "./canned-search.js";
import { fillIn, valuesOf } from "./canned-text.js";
import { make, part, setText, show } from "./dom.js";
import { Picker } from "./picker.js";

/** What was fetched is asked for anew after so long, milliseconds. */
const FRESH = 60_000;
const SHOWN = 50;

/**
 * Canned replies: "/" at the beginning of the composer opens them, typing finds, Esc leaves the "/" alone (LC-42).
 */
export class Canned {
  constructor({ store, config, say, composer }) {
    Object.assign(this, { store, config, say, composer });
    this.box = part("composer-text");
    this.known = { replies: [], variables: {} };
    this.fetchedAt = 0;
    this.isKnown = false;
    this.isLeftAlone = false;
    this.picker = new Picker({
      box: this.box,
      form: part("composer"),
      list: part("replies"),
      none: part("replies-none"),
      said: part("replies-said"),
      onTake: (reply) => this.#take(reply),
      onEscape: () => (this.isLeftAlone = true),
    });
    this.box.addEventListener("input", () => this.#look());
    store.subscribe((state, before) => state.open !== before.open && this.picker.close());
  }

  /** Takes what the server has after one was kept. */
  learn(known) {
    this.known = known;
    this.isKnown = true;
    this.fetchedAt = Date.now();
  }

  /** Whether what is written is a search for one. */
  get isSearching() {
    return this.#query !== null && !this.isLeftAlone;
  }

  get #query() {
    const { value } = this.box;
    return /^\/[^\n]{0,60}$/.test(value) ? value.slice(1) : null;
  }

  #look() {
    if (this.#query === null) {
      this.isLeftAlone = false;
      return this.picker.close();
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
    if (this.isSearching && document.activeElement === this.box) this.#render();
  }

  #render() {
    const found = findReplies(this.known.replies, this.#query ?? "").slice(0, SHOWN);
    this.picker.offer(found, {
      draw: (reply) => this.#draw(reply),
      said: this.say("replies_found", { n: found.length }),
      isNone: this.isKnown && !found.length,
    });
  }

  #draw(reply) {
    const own = reply.is_own ? make("span", { class: "reply-own" }, this.say("reply_own")) : "";
    const title = make("strong", { dir: "auto" }, reply.title);
    const head = make("span", { class: "reply-head" }, make("code", {}, `/${reply.code}`), title, own);
    return [head, make("span", { class: "reply-text", dir: "auto" }, this.#fill(reply).text)];
  }

  #fill(reply) {
    const { chats, open, me } = this.store.state;
    return fillIn(reply.text, valuesOf(chats[open]?.visitor, me), this.known.variables);
  }

  /** Puts it in to be read over, never straight to the visitor; the first gap is marked, to be typed over. */
  #take(reply) {
    const { text, gap } = this.#fill(reply);
    this.composer.put(text, gap);
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
