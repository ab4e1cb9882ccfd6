/* Questions and sheets: the browser's own dialog element, so that focus and Escape are its business. */

import { button, iconButton, make } from "./dom.js";

/** Opens a dialog with this inside; `closed` resolves when it is gone. `build(close)` gives its nodes. */
export function openDialog({ title, words, build, className = "" }) {
  let result = null;
  const heading = make("h2", { id: "dialog-title" }, title);
  const close = (value = null) => {
    result = value;
    dialog.close();
  };
  const head = make("div", { class: "dialog-head" }, heading, iconButton("remove", words.close, () => close()));
  const dialog = make("dialog", { class: `dialog ${className}`, "aria-labelledby": "dialog-title" }, head);
  dialog.append(...build(close, dialog));
  document.body.append(dialog);
  const closed = new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(result);
    });
  });
  // A click beside it closes it.
  dialog.addEventListener("pointerdown", (event) => event.target === dialog && close());
  dialog.showModal();
  return { dialog, closed, close };
}

/** Asks for one of several; resolves to its value, or null. */
export function choose({ title, text, choices }, words) {
  const build = (close) => [
    text ? make("p", { class: "muted" }, text) : "",
    make("div", { class: "dialog-choices" }, choices.map((choice) => button(choice.label, () => close(choice.value), { class: `button is-wide ${choice.look ?? ""}` }))),
  ].filter(Boolean);
  return openDialog({ title, words, build }).closed;
}

/** Asks before something that others notice. */
export function confirm({ title, text, act, extra = [] }, words) {
  const build = (close) => [
    make("p", {}, text),
    ...extra,
    make("div", { class: "dialog-buttons" },
      button(words.cancel, () => close(false)),
      button(act, () => close(true), { class: "button is-primary", autofocus: true })),
  ];
  return openDialog({ title, words, build }).closed;
}

/** The keys, listed once on the page. */
export function showShortcuts(template, words) {
  openDialog({ title: template.dataset.title, words, className: "is-wide", build: () => [template.content.cloneNode(true)] });
}
