// The top of the panel: who is there, the way to the menu, and the way out.
import { el, icon } from "./dom.js";

/** `onMenu()` resolves to what fills the menu, or to null while it can't be had. */
export function createHeader({ strings, name, avatars, onClose, onMenu }) {
  const face = el("div", { class: "header-face" }, avatars.bot());
  const title = el("h2", { id: "title", dir: "auto" }, name);
  const subtitle = el("p", { class: "subtitle", dir: "auto" });
  const more = tool("menu", strings.more, "more", () => (menu.hidden ? void show() : fold()));
  more.setAttribute("aria-expanded", "false");
  more.setAttribute("aria-controls", "menu");
  const close = tool("close", strings.close, "close", onClose);
  const menu = el("div", { class: "menu", id: "menu", hidden: true });
  // Not <header>: the page's own is the one banner among its landmarks.
  const node = el("div", { class: "header" }, face, el("div", { class: "titles" }, title, subtitle), more, close, menu);
  let shown = "";

  async function show() {
    const fill = await onMenu();
    if (!fill) return;
    toggle(true);
    fill(menu, fold);
    menu.querySelector("button, a")?.focus();
  }

  function toggle(open) {
    menu.hidden = !open;
    more.setAttribute("aria-expanded", String(open));
  }

  /** Folds the menu; says whether it was open, so that Escape closes one thing at a time. */
  function fold() {
    if (menu.hidden) return false;
    toggle(false);
    more.focus();
    return true;
  }

  function update({ agent, words }) {
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

  return { node, close, update, fold, leave };
}

function tool(part, words, drawn, click) {
  const looks = { type: "button", class: "tool", "data-part": part, "aria-label": words, click };
  return el("button", looks, icon(drawn, drawn === "more" ? "dots" : ""));
}
