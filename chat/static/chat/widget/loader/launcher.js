// The round button and the first words beside it, in a shadow root of our own, so that no style leaks in or out (DG-16).
import { LAUNCHER_STYLES } from "./launcher_styles.js";
import { BUTTON_WORDS, launcherName } from "./launcher_texts.js";

const SVG = "http://www.w3.org/2000/svg";
const TALK = "M12 3.5c-5 0-9 3.3-9 7.5 0 2.3 1.2 4.3 3.1 5.7-.1 1-.5 2.2-1.4 3.2-.3.3 0 .8.4.7 2-.2 3.6-1 4.6-1.8.7.1 1.5.2 2.3.2 5 0 9-3.4 9-7.9s-4-7.6-9-7.6Z";
const DOWN = "M5 9l7 7 7-7";
const CLOSE = "M6 6l12 12M18 6L6 18";

/**
 * Draws the button, hidden until `show({ visible: true })`. It sits beside <body>, not in it, so that pages that swap
 * their body don't take it along. `onDismiss` is told when the first words are sent away. With `away` the chat is elsewhere on the page,
 * and there is no button.
 */
export function createLauncher({ language, direction, page, styles, onDismiss }) {
  const host = page.createElement("switchboard-chat");
  const root = host.attachShadow({ mode: "open" });
  root.adoptedStyleSheets = [LAUNCHER_STYLES, ...styles].map((text) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    return sheet;
  });

  const make = (tag, part, attributes = {}) => {
    const node = page.createElement(tag);
    node.className = node.dataset.part = part;
    if (tag === "button") node.type = "button";
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    return node;
  };
  const frame = page.createElement("div");
  frame.dir = direction;
  frame.lang = language;
  const button = make("button", "launcher", { "aria-controls": "panel" });
  const badge = make("span", "unread", { "aria-hidden": "true" });
  button.append(icon(page, "talk", TALK, true), icon(page, "down", DOWN), badge);
  const words = make("button", "poke-words", { dir: "auto" });
  const dismissal = make("button", "poke-dismiss");
  dismissal.append(icon(page, "away", CLOSE));
  const poke = make("div", "poke");
  poke.append(words, dismissal);
  frame.append(button, poke);
  root.append(frame);

  const shown = { open: false, unread: 0, poke: "", words: BUTTON_WORDS };
  function show(change) {
    Object.assign(shown, change);
    const { open, unread, visible, busy, away } = shown;
    button.hidden = away || (!visible && !open && !busy);
    button.setAttribute("aria-expanded", String(open));
    button.setAttribute("aria-label", launcherName(shown.words, open, unread));
    button.setAttribute("aria-busy", String(Boolean(busy)));
    badge.hidden = open || !unread;
    badge.textContent = unread > 9 ? "9+" : String(unread);
    poke.hidden = away || open || busy || !visible || !shown.poke;
    words.textContent = shown.poke;
    dismissal.setAttribute("aria-label", shown.words[3]);
  }
  show({});

  function dismiss() {
    onDismiss();
    button.focus({ preventScroll: true });
  }
  dismissal.addEventListener("click", dismiss);
  poke.addEventListener("keydown", (event) => event.key === "Escape" && dismiss());

  const keep = new MutationObserver(() => host.isConnected || attach());
  function attach() {
    page.documentElement.append(host);
    keep.disconnect();
    keep.observe(page.documentElement, { childList: true });
  }
  attach();

  function remove() {
    keep.disconnect();
    host.remove();
  }

  return { root, frame, button, words, show, remove, isPressed: () => shown.open || shown.busy };
}

function icon(page, name, path, filled) {
  const svg = page.createElementNS(SVG, "svg");
  const line = page.createElementNS(SVG, "path");
  const drawn = filled ? { fill: "currentColor" } : { fill: "none", stroke: "currentColor", "stroke-width": "2.2" };
  const attributes = { ...drawn, d: path, "stroke-linecap": "round", "stroke-linejoin": "round" };
  for (const [key, value] of Object.entries(attributes)) line.setAttribute(key, value);
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", name);
  svg.setAttribute("aria-hidden", "true");
  svg.append(line);
  return svg;
}
