import { isWriting, part, readJson, show } from "./dom.js";
import { Keys, stepFrom } from "./shortcuts.js";

/** On every page of an agent: the keys, the sheet that lists them, and the switch that turns them off (WCAG 2.1.4). */
const config = readJson("page-config");
const sheet = part("shortcuts");
const toggle = part("shortcuts-on");
const fault = part("shortcuts-fault");
const keys = new Keys();
const PANEL = `switchboard:${config.me.id}:panel`;

const DEEDS = {
  next: () => step(1),
  previous: () => step(-1),
  reply: () => focusBox({ isNote: false }),
  note: () => focusBox({ isNote: true }),
  canned: () => writeSlash(),
  transfer: () => press("transfer"),
  end: () => press("end-session"),
  panel: () => togglePanel(),
  go_inbox: () => follow("inbox"),
  go_board: () => follow("board"),
  go_settings: () => follow("settings"),
  sheet: () => sheet.showModal(),
};

window.addEventListener("keydown", (event) => {
  const isBusy = isWriting(event.target) || Boolean(document.querySelector("dialog[open]"));
  const meant = keys.press(event, { isOn: toggle.checked, isBusy });
  if (!meant || DEEDS[meant]() === false) return;
  event.preventDefault();
});

document.addEventListener("keydown", (event) => {
  const list = event.target.closest?.("[data-part=chat-list] ul");
  const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!list || !move) return;
  const links = listedLinks();
  event.preventDefault();
  links[stepFrom(links.indexOf(event.target), move, links.length)]?.focus();
});

part("show-shortcuts")?.addEventListener("click", (event) => {
  event.target.closest("details")?.removeAttribute("open");
  sheet.showModal();
});
toggle.addEventListener("change", () => void keep());
restorePanel();

/** Whether the page has the button, in view and to be pressed. */
function press(name) {
  const button = part(name);
  if (!isShown(button) || button.disabled) return false;
  button.click();
  return true;
}

function isShown(node) {
  return Boolean(node?.checkVisibility());
}

function listedLinks() {
  const links = [...document.querySelectorAll("[data-part=chat-list] [data-part=chat-item] a")];
  return links.filter((link) => !link.closest("[hidden]"));
}

/** Opens the chat below or above; the next press goes on from there, so the cursor stays out of the reply. */
function step(by) {
  const links = listedLinks();
  const at = links.findIndex((link) => link.hasAttribute("aria-current"));
  const next = links[stepFrom(at, by, links.length)];
  if (!next || links.indexOf(next) === at) return false;
  next.click();
  queueMicrotask(() => next.focus());
  return true;
}

/** The box is for replies and, by its toggle, for notes; that takes what is half-written of either along. */
function focusBox({ isNote = false } = {}) {
  const box = part("composer-text");
  const toggle = part("note-toggle");
  if (!isShown(box) || (isNote && !toggle)) return false;
  if (toggle && (toggle.getAttribute("aria-pressed") === "true") !== isNote) toggle.click();
  box.focus();
  return true;
}

/** A slash at the start opens the replies that are kept; a draft stays as it is. */
function writeSlash() {
  const box = part("composer-text");
  if (!focusBox() || box.value) return isShown(box);
  box.value = "/";
  box.dispatchEvent(new Event("input", { bubbles: true }));
  return true;
}

function togglePanel() {
  const inbox = part("inbox");
  if (!inbox || !part("visitor-panel") || part("visitor-panel").hidden) return false;
  const isOff = inbox.dataset.panel !== "off";
  inbox.dataset.panel = isOff ? "off" : "on";
  localStorage.setItem(PANEL, inbox.dataset.panel);
  return true;
}

function restorePanel() {
  const inbox = part("inbox");
  if (inbox) inbox.dataset.panel = localStorage.getItem(PANEL) ?? "on";
}

function follow(name) {
  const address = sheet.dataset[name];
  if (!address) return false;
  location.assign(address);
  return true;
}

/** The choice goes with the agent to every browser. */
async function keep() {
  const isOn = toggle.checked;
  show(fault, false);
  const body = new FormData();
  body.set("shortcuts", isOn ? "on" : "off");
  const headers = { "X-CSRFToken": document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "" };
  try {
    const answer = await fetch(toggle.dataset.url, { method: "POST", body, headers });
    if (answer.ok) return;
  } catch {
    // Offline: said below.
  }
  toggle.checked = !isOn;
  show(fault, true);
}
