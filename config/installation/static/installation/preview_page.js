/* Inside the preview: a page as visitors have them. The widget is the real one; only the network is pretended. */

import "./preview_pretend.js"; // first: see there
import { startSnippet } from "../chat/widget/loader/loader.js";
import { lookStyles } from "../chat/widget/look/look.js";
import { restart } from "./preview_network.js";

// What changes the style sheet alone is shown without starting anew.
const STYLED = ["accent", "font", "anchor", "side", "bottom"];
const told = JSON.parse(document.getElementById("preview-told").textContent);
const sheet = new CSSStyleSheet();
let shown = null;

// The widget takes the focus when it opens; here that would take it from the field that somebody is typing in.
const { focus } = HTMLElement.prototype;
HTMLElement.prototype.focus = function focusHere(...given) {
  if (document.hasFocus()) focus.apply(this, given);
};

function style(look) {
  const page = getComputedStyle(document.body).fontFamily;
  sheet.replaceSync(lookStyles(look, page));
}

function start({ look, scene }, delay) {
  window.Switchboard?.destroy?.();
  delete window.Switchboard;
  restart(scene, { ...told.talk, name: look.name });
  startSnippet({ ...told.config, ...look, delay, styles: lookStyles(look) }, `${location.origin}/widget.js`);
  style(look);
  const root = document.querySelector("switchboard-chat")?.shadowRoot;
  if (root) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  if (scene === "button") return;
  window.Switchboard.open();
}

function isSameBut(names, one, other) {
  return Object.keys(one).every((key) => names.includes(key) || one[key] === other[key]);
}

function show({ look, scene, scheme }) {
  document.documentElement.dataset.scheme = scheme;
  // A look that follows the device follows the one that this frame stands for.
  const here = { ...look, theme: look.theme === "auto" ? scheme : look.theme };
  const before = shown;
  shown = { look: here, scene };
  if (before?.scene === scene && isSameBut(STYLED, here, before.look)) style(here);
  // The pause is shown when it is what was changed; for anything else it would only be in the way.
  else start(shown, before && before.look.delay !== here.delay ? here.delay : 0);
}

addEventListener("message", (event) => {
  // Opened by itself the page is its own parent, and hears that it is ready.
  if (parent !== window && event.source === parent && event.origin === location.origin) show(event.data);
});
parent.postMessage("ready", location.origin);
