// The top of the panel: who is there, the menu with the end of the chat, and the way out.
import { el, icon } from "./dom.js";

export function createHeader({ strings, name, avatars, onClose, onEnd }) {
  const face = el("div", { class: "header-face" }, avatars.bot());
  const title = el("h2", { id: "title", dir: "auto" }, name);
  const subtitle = el("p", { class: "subtitle", dir: "auto" });
  const more = tool("menu", strings.more, "more", () => toggle());
  more.setAttribute("aria-expanded", "false");
  more.setAttribute("aria-controls", "menu");
  const close = tool("close", strings.close, "close", onClose);
  const menu = el("div", { class: "menu", id: "menu", hidden: true });
  // Not <header>: the page's own is the one banner among its landmarks.
  const node = el("div", { class: "header" }, face, el("div", { class: "titles" }, title, subtitle), more, close, menu);
  let shown = "";
  let mayEnd = false;
  let isUnanswered = false;

  function toggle(open = menu.hidden) {
    menu.hidden = !open;
    more.setAttribute("aria-expanded", String(open));
    if (!open) return;
    const click = () => (isUnanswered ? confirm() : end());
    menu.replaceChildren(el("button", { type: "button", "data-part": "end", click }, strings.end));
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

  return { node, update, fold, leave };
}

function tool(part, words, drawn, click) {
  const looks = { type: "button", class: "tool", "data-part": part, "aria-label": words, click };
  return el("button", looks, icon(drawn, drawn === "more" ? "dots" : ""));
}
