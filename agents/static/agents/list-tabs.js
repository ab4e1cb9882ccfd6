import { part, show } from "./dom.js";

const STEPS = { ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity };

/**
 * Active, all, everyone: tabs as the ARIA practices have them, arrows included. Returns a function that shows one of
 * them by its name; `onShow` hears of every change.
 */
export function keepTabs(onShow = () => {}) {
  const list = part("list-tabs");
  const tabs = [...list.querySelectorAll("[role=tab]")];

  function choose(name) {
    const chosen = tabs.find((tab) => tab.dataset.tab === name) ?? tabs[0];
    for (const tab of tabs) {
      tab.setAttribute("aria-selected", String(tab === chosen));
      tab.tabIndex = tab === chosen ? 0 : -1;
    }
    for (const panel of document.querySelectorAll("[data-in-tabs]")) {
      show(panel, panel.dataset.inTabs.split(" ").includes(chosen.dataset.tab));
      if (panel.getAttribute("role") === "tabpanel" && !panel.hidden) panel.setAttribute("aria-labelledby", chosen.id);
    }
    onShow(chosen.dataset.tab);
    return chosen;
  }

  list.addEventListener("click", (event) => {
    const tab = event.target.closest("[role=tab]");
    if (tab) choose(tab.dataset.tab);
  });
  list.addEventListener("keydown", (event) => {
    const at = tabs.indexOf(document.activeElement);
    const next = nextTab(at, event.key, tabs.length, document.dir === "rtl");
    if (next === null) return;
    event.preventDefault();
    choose(tabs[next].dataset.tab).focus();
  });
  return choose;
}

/** The place of the tab that a key leads to, round and round; null for any other key. */
export function nextTab(at, key, count, isMirrored = false) {
  if (at < 0 || !(key in STEPS)) return null;
  if (!Number.isFinite(STEPS[key])) return STEPS[key] < 0 ? 0 : count - 1;
  return (at + (isMirrored ? -1 : 1) * STEPS[key] + count) % count;
}
