import { part, readJson } from "./dom.js";
import { stepFrom } from "./shortcuts.js";

/**
 * What can be done on an agent's page, by the names that keys and the command bar have for it. `can`: whether it would
 * do something now. `isListed`: whether the command bar offers it too, where that is less. A page presses its own
 * buttons, so that whatever is hidden, forbidden or busy there is so here.
 */
const DEEDS = new Map();
const PANEL = `switchboard:${readJson("page-config").me.id}:panel`;

export function addDeed(name, { can, run, isListed = () => true }) {
  DEEDS.set(name, { can, run, isListed });
}

export function canDo(name) {
  return DEEDS.get(name)?.can() ?? false;
}

export function isListed(name) {
  return canDo(name) && DEEDS.get(name).isListed();
}

/** Does it, and says whether there was anything to do. */
export function doDeed(name) {
  if (!canDo(name)) return false;
  DEEDS.get(name).run();
  return true;
}

/** Whether the page has the button, in view and to be pressed. */
export function canPress(name) {
  return isShown(part(name)) && !part(name).disabled;
}

export function isShown(node) {
  return Boolean(node?.checkVisibility()) && !node.closest("[inert]");
}

const BUTTONS = ["transfer", "attach", "download", "download-html", "download-json"];
const PRESSED = { ...Object.fromEntries(BUTTONS.map((name) => [name, name])), end: "end-session", undo_end: "undo-end" };
for (const [name, button] of Object.entries(PRESSED)) {
  addDeed(name, { can: () => canPress(button), run: () => part(button).click() });
}
addDeed("next", { can: () => Boolean(linkAt(1)), run: () => step(1) });
addDeed("previous", { can: () => Boolean(linkAt(-1)), run: () => step(-1) });
addDeed("reply", { can: canReply, run: () => focusBox() });
addDeed("note", { can: () => isShown(part("composer-text")), run: () => focusBox({ isNote: true }) });
addDeed("canned", { can: canReply, run: () => writeSlash(), isListed: () => !part("composer-text").value });
addDeed("panel", { can: canTogglePanel, run: () => togglePanel() });
for (const name of ["inbox", "board", "settings"]) {
  const address = part("shortcuts").dataset[name];
  addDeed(`go_${name}`, { can: () => Boolean(address), run: () => location.assign(address) });
}
addDeed("sheet", { can: () => true, run: () => part("shortcuts").showModal() });
restorePanel();

/** The links of the list as it is shown now. */
export function listLinks() {
  const links = [...document.querySelectorAll("[data-part=chat-list] [data-part=chat-item] a")];
  return links.filter((link) => !link.closest("[hidden]"));
}

function linkAt(by) {
  const links = listLinks();
  const at = links.findIndex((link) => link.hasAttribute("aria-current"));
  const next = stepFrom(at, by, links.length);
  return next === at ? null : links[next];
}

/** Opens the chat below or above; the next press goes on from there, so the cursor stays out of the reply. */
function step(by) {
  const link = linkAt(by);
  link.click();
  queueMicrotask(() => link.focus());
}

/** Beside a chat that is over there are only notes. */
function canReply() {
  return isShown(part("composer-text")) && !part("note-toggle").hidden;
}

/** The box is for replies and, by its toggle, for notes; that takes what is half-written of either along. */
function focusBox({ isNote = false } = {}) {
  const toggle = part("note-toggle");
  if (!toggle.hidden && (toggle.getAttribute("aria-pressed") === "true") !== isNote) toggle.click();
  part("composer-text").focus();
}

/** A slash at the start opens the replies that are kept; a draft stays as it is. */
function writeSlash() {
  const box = part("composer-text");
  focusBox();
  if (box.value) return;
  box.value = "/";
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

function canTogglePanel() {
  const panel = part("visitor-panel");
  if (!panel || panel.hidden) return false;
  return isShown(panel) || part("inbox").dataset.panel === "off" || Boolean(findPaneButton());
}

/** On a narrow screen the panel is a pane of its own. */
function togglePanel() {
  const button = findPaneButton();
  if (button) return button.click();
  const inbox = part("inbox");
  inbox.dataset.panel = inbox.dataset.panel === "off" ? "on" : "off";
  return localStorage.setItem(PANEL, inbox.dataset.panel);
}

function findPaneButton() {
  return [...document.querySelectorAll("[data-to-pane]")].find(isShown);
}

function restorePanel() {
  const inbox = part("inbox");
  if (inbox) inbox.dataset.panel = localStorage.getItem(PANEL) ?? "on";
}
