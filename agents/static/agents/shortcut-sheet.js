import { doDeed, listLinks } from "./deeds.js";
import { isWriting, part, show } from "./dom.js";
import { Keys, stepFrom } from "./shortcuts.js";

/** On every page of an agent: the keys, the sheet that lists them, and the switch that turns them off (WCAG 2.1.4). */
const toggle = part("shortcuts-on");
const fault = part("shortcuts-fault");
const keys = new Keys();

window.addEventListener("keydown", (event) => {
  const isBusy = isWriting(event.target) || Boolean(document.querySelector("dialog[open]"));
  const meant = keys.press(event, { isOn: toggle.checked, isBusy });
  if (meant && doDeed(meant)) event.preventDefault();
});

document.addEventListener("keydown", (event) => {
  const list = event.target.closest?.("[data-part=chat-list] ul");
  const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!list || !move) return;
  const links = listLinks();
  event.preventDefault();
  links[stepFrom(links.indexOf(event.target), move, links.length)]?.focus();
});

part("show-shortcuts")?.addEventListener("click", (event) => {
  event.target.closest("details")?.removeAttribute("open");
  doDeed("sheet");
});
toggle.addEventListener("change", () => void keep());

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
