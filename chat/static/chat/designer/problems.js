/* The list of what is wrong: each jumps to its card and field. */

import { count, icon, make } from "./dom.js";

const OF_STREAM = new Set(["start", null, ""]);

export function createProblems({ desk, root, toggle, goTo }) {
  const { words, config } = desk;

  function draw() {
    const errors = desk.errors.length;
    const advice = desk.faults.length - errors;
    const told = [errors && count(words, "faults", errors), advice && count(words, "advice", advice)].filter(Boolean);
    toggle.classList.toggle("has-errors", errors > 0);
    toggle.classList.toggle("has-advice", !errors && advice > 0);
    toggle.querySelector("[data-part=problems-count]").textContent = errors || advice || "";
    toggle.setAttribute("aria-label", `${words.problems}: ${told.join(", ") || words.fine}`);
    toggle.title = told.join(", ") || words.fine;
    const items = desk.faults.map(drawFault);
    root.replaceChildren(make("h2", {}, words.problems), items.length ? make("ul", {}, items) : make("p", { class: "fine" }, icon("tick"), words.fine));
  }

  function drawFault(fault) {
    const isSetting = !fault.card && !OF_STREAM.has(fault.field);
    const where = fault.card ? desk.name(fault.card) || fault.card : isSetting ? words.settings : words.wholeStream;
    const content = [
      icon(fault.severity === "error" ? "alert" : "bulb"),
      make("span", { class: "problem-words" },
        make("span", { class: "visually-hidden" }, `${fault.severity === "error" ? words.fault : words.advice}: `),
        make("span", { class: "problem-where", dir: "auto" }, where),
        make("span", { dir: "auto" }, fault.message)),
    ];
    const attributes = { class: `problem is-${fault.severity}` };
    if (isSetting) return make("li", {}, make("a", { ...attributes, href: config.urls.change }, ...content));
    return make("li", {}, make("button", { type: "button", ...attributes, click: () => (show(false), goTo(fault)) }, ...content));
  }

  function show(isOpen = root.hidden) {
    root.hidden = !isOpen;
    toggle.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) root.querySelector("button, a")?.focus();
  }

  toggle.addEventListener("click", () => show());
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    show(false);
    toggle.focus();
  });
  document.addEventListener("pointerdown", (event) => {
    if (!root.hidden && !root.contains(event.target) && !toggle.contains(event.target)) show(false);
  });
  return { draw, show };
}
