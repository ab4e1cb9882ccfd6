/* A small menu beside a point: arrows, letters, Enter, Escape. */

import { icon, make } from "./dom.js";

/** `items`: `{ icon, label, hint, type, disabled, act }` or null for a line. Gives the focus back when it closes. */
export function openMenu(items, at, label, back = document.activeElement) {
  closeMenu();
  const menu = make("div", { class: "menu", role: "menu", "aria-label": label, "data-part": "menu" });
  for (const item of items) menu.append(item ? makeItem(item) : make("hr", { role: "separator" }));
  document.querySelector("main").append(menu);
  place(menu, at);
  const enabled = () => [...menu.querySelectorAll("[role=menuitem]:not([aria-disabled=true])")];

  function close(giveBack = true) {
    document.removeEventListener("pointerdown", outside, true);
    menu.remove();
    if (giveBack && back?.isConnected) back.focus({ preventScroll: true });
  }
  function outside(event) {
    if (!menu.contains(event.target)) close(false);
  }
  menu.addEventListener("click", (event) => {
    const chosen = event.target.closest("[role=menuitem]");
    if (!chosen || chosen.getAttribute("aria-disabled") === "true") return;
    close();
    chosen.act();
  });
  menu.addEventListener("keydown", (event) => {
    event.stopPropagation();
    const list = enabled();
    const now = list.indexOf(document.activeElement);
    const to = { ArrowDown: now + 1, ArrowUp: now - 1, Home: 0, End: list.length - 1 }[event.key];
    const letter = event.key.length === 1 && list.find((each, index) => index > now && startsWith(each, event.key));
    if (to !== undefined) list.at(to % list.length)?.focus();
    else if (event.key === "Escape" || event.key === "Tab") close();
    else if (event.key === "Enter" || event.key === " ") document.activeElement.click();
    else if (letter) letter.focus();
    else return;
    event.preventDefault();
  });
  document.addEventListener("pointerdown", outside, true);
  menu.close = close;
  enabled()[0]?.focus();
  return menu;
}

function closeMenu() {
  document.querySelector(".menu")?.close?.(false);
}

function startsWith(item, key) {
  return item.querySelector(".menu-label").textContent.toLowerCase().startsWith(key.toLowerCase());
}

function makeItem({ icon: name, label, hint = "", type = "", disabled = false, act }) {
  const shown = type ? make("span", { class: "card-icon", "data-type": type }, icon(name)) : icon(name);
  const words = make("span", { class: "menu-words" }, make("span", { class: "menu-label" }, label), hint && make("span", { class: "menu-hint" }, hint));
  const item = make("div", { role: "menuitem", class: "menu-item", tabindex: "-1", "aria-disabled": disabled ? "true" : null }, shown, words);
  item.act = act;
  return item;
}

// Beside the point where there is room, inside the window always.
function place(menu, { x, y }) {
  const { offsetWidth: width, offsetHeight: height } = menu;
  const left = Math.max(8, Math.min(x, innerWidth - width - 8));
  const top = y + height + 8 > innerHeight ? Math.max(8, Math.min(y - height, innerHeight - height - 8)) : y;
  menu.style.setProperty("left", `${left}px`);
  menu.style.setProperty("top", `${top}px`);
}

/** The point below an element, at its start. */
export function below(element) {
  const box = element.getBoundingClientRect();
  const isRtl = document.documentElement.dir === "rtl";
  return { x: isRtl ? box.right - 280 : box.left, y: box.bottom + 4 };
}
