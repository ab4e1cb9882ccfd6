/* Finds cards by their words, answers and stored values, and goes from one to the next. */

import { fill } from "./dom.js";

export function createSearch({ desk, field, status, canvas }) {
  let found = [];
  let at = -1;

  function run() {
    const wanted = field.value.trim().toLocaleLowerCase();
    found = wanted ? [...desk.nodes.values()].filter((node) => node.kind === "card" && wordsIn(node).includes(wanted)).map((node) => node.key) : [];
    at = -1;
    canvas.markMatches(new Set(found));
    status.textContent = wanted && !found.length ? desk.words.notFound : "";
    if (found.length) go(1);
  }

  // All that is written on a card, with the name of its kind.
  function wordsIn(node) {
    const texts = [];
    JSON.stringify(node.card, (_name, value) => {
      if (typeof value === "string") texts.push(value);
      return value;
    });
    return [desk.types.get(node.card.type)?.label ?? "", ...texts].join("\n").toLocaleLowerCase();
  }

  function go(by) {
    if (!found.length) return;
    at = (at + by + found.length) % found.length;
    desk.select(found[at]);
    status.textContent = fill(desk.words.found, { at: at + 1, count: found.length });
  }

  field.addEventListener("input", run);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      event.preventDefault();
      go(event.shiftKey ? -1 : 1);
    } else if (event.key === "Escape") {
      event.stopPropagation();
      field.value = "";
      run();
      desk.select(desk.selected, { focus: true });
    }
  });
  return { open: () => (field.focus(), field.select()) };
}
