/* The kinds of cards: to drag from, to click, and as a menu at each + on the canvas. */

import { icon, make } from "./dom.js";
import { below, openMenu } from "./menu.js";

export function createPalette({ desk, acts, root, canvas, focusCard }) {
  const { words, config } = desk;

  function draw() {
    const items = config.schema.map((form) => make("button", {
      type: "button", class: "palette-item", "data-palette": form.type, title: form.description, disabled: isClosed(form),
      click: () => addHere(form),
    },
    make("span", { class: "card-icon", "data-type": form.type }, icon(form.type)),
    make("span", { class: "palette-label" }, form.label),
    form.prime && !config.isPrime && make("span", { class: "prime" }, words.prime)));
    root.replaceChildren(...items);
  }

  function isClosed(form) {
    return !desk.may.edit || (form.prime && !config.isPrime);
  }

  function addHere(form) {
    const way = acts.wayHere(form);
    if (way) add(form.type, way);
    else desk.say(words.cantPaste);
  }

  function add(type, way) {
    if (acts.add(type, way)) focusCard();
  }

  /** The menu of what can be put into a way, beside the element that asked for it. */
  function offer(way, element) {
    const forms = config.schema.map((form) => ({
      icon: form.type, type: form.type, label: form.label, hint: form.prime && !config.isPrime ? words.onlyPrime : form.description,
      disabled: isClosed(form) || !acts.takes(way, form), act: () => add(form.type, way),
    }));
    const piece = acts.pasteable;
    const paste = piece ? [null, { icon: "paste", label: words.pasteHere, hint: "", act: () => acts.paste(way) }] : [];
    canvas.markSlots([way], way);
    const menu = openMenu([...forms, ...paste], below(element), `${words.add}, ${canvas.placeName(way)}`);
    new MutationObserver((_changes, observer) => {
      if (menu.isConnected) return;
      observer.disconnect();
      canvas.markSlots([]);
    }).observe(document.querySelector("main"), { childList: true });
  }

  draw();
  return { offer };
}
