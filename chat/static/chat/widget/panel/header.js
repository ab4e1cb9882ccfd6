// The top of the panel: who is there, the menu with the end of the chat, and the way out.
import { el, icon } from "./dom.js";

export function createHeader({ strings, name, avatars, onClose, onEnd }) {
  const face = el("div", { class: "header-face" }, avatars.bot());
  const title = el("h2", { id: "title", dir: "auto" }, name);
  const subtitle = el("p", { class: "subtitle", dir: "auto" });
  const more = el("button", { type: "button", class: "tool", "data-part": "menu", "aria-label": strings.more, "aria-expanded": "false", "aria-controls": "menu", click: () => toggle() }, icon("more", "dots"));
  const close = el("button", { type: "button", class: "tool", "data-part": "close", "aria-label": strings.close, click: onClose }, icon("close"));
  const menu = el("div", { class: "menu", id: "menu", hidden: true });
  const node = el("header", {}, face, el("div", { class: "titles" }, title, subtitle), more, close, menu);
  let shown = "";
  let mayEnd = false;
  let isUnanswered = false;

  function toggle(open = menu.hidden) {
    menu.hidden = !open;
    more.setAttribute("aria-expanded", String(open));
    if (!open) return;
    menu.replaceChildren(el("button", { type: "button", "data-part": "end", click: () => (isUnanswered ? confirm() : end()) }, strings.end));
    menu.firstChild.focus();
  }

  // Asked only where the visitor would leave without an answer to the last thing they wrote.
  function confirm() {
    const yes = el("button", { type: "button", class: "danger", "data-part": "end-confirm", click: end }, strings.endYes);
    const no = el("button", { type: "button", click: () => fold() }, strings.endNo);
    menu.replaceChildren(el("p", {}, strings.endAsk), yes, no);
    no.focus();
  }

  function end() {
    fold();
    onEnd();
  }

  /** Folds the menu; says whether it was open, so that Escape closes one thing at a time. */
  function fold() {
    if (menu.hidden) return false;
    toggle(false);
    more.focus();
    return true;
  }

  function update({ agent, words, canEnd, unanswered }) {
    isUnanswered = unanswered;
    more.hidden = !canEnd;
    if (mayEnd && !canEnd) toggle(false);
    mayEnd = canEnd;
    subtitle.textContent = words;
    const looks = agent ? `${agent.name} ${agent.avatar ?? ""}` : "";
    if (looks === shown) return;
    shown = looks;
    title.textContent = agent?.name || name;
    face.replaceChildren(agent ? avatars.agent(agent) : avatars.bot());
  }

  function leave(event) {
    if (!menu.hidden && !menu.contains(event.target) && !more.contains(event.target)) toggle(false);
  }

  return { node, update, fold, leave, close };
}
