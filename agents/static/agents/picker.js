import { make, setText, show } from "./dom.js";

/**
 * The list above the composer from which something is put in: the arrows choose, Enter or Tab takes, Esc leaves it alone.
 * The box keeps the focus all the time. Beside the list there is a sentence for when nothing fits.
 */
export class Picker {
  constructor({ box, form, list, none, said, onTake, onEscape }) {
    Object.assign(this, { box, list, none, said, onTake, onEscape });
    this.found = [];
    this.chosen = 0;
    box.addEventListener("blur", () => this.close());
    // Before the composer, which would send the text.
    form.addEventListener("keydown", (event) => this.#key(event), true);
    // Not on click: the box would lose the focus first.
    list.addEventListener("pointerdown", (event) => this.#point(event));
  }

  /** Offers these, the first one chosen; `draw` makes what one of them shows, `said` says aloud how many there are. */
  offer(found, { draw, said = "", isNone = !found.length }) {
    this.found = found;
    this.chosen = 0;
    this.list.replaceChildren(...found.map((item, place) => this.#option(draw(item), place)));
    show(this.list, found.length > 0);
    show(this.none, isNone);
    setText(this.said, found.length ? said : "");
    this.box.setAttribute("aria-controls", this.list.id);
    this.#mark();
  }

  close() {
    if (this.list.hidden && this.none.hidden) return;
    show(this.list, false);
    show(this.none, false);
    setText(this.said, "");
    this.box.removeAttribute("aria-activedescendant");
  }

  #option(children, place) {
    const facts = { role: "option", class: "reply", "data-place": place, "aria-selected": "false" };
    return make("li", { ...facts, id: this.#idOf(place) }, ...children);
  }

  #idOf(place) {
    return `${this.list.id}-${place}`;
  }

  #mark() {
    [...this.list.children].forEach((node, place) => {
      node.setAttribute("aria-selected", String(place === this.chosen));
      if (place === this.chosen) node.scrollIntoView({ block: "nearest" });
    });
    if (this.found.length) this.box.setAttribute("aria-activedescendant", this.#idOf(this.chosen));
    else this.box.removeAttribute("aria-activedescendant");
  }

  #key(event) {
    if (event.key === "Escape" && !(this.list.hidden && this.none.hidden)) {
      this.close();
      this.onEscape();
    } else if (this.list.hidden || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) {
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

  #take(item) {
    this.close();
    this.onTake(item);
  }
}
