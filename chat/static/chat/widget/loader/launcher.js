// The round button, in a shadow root of our own, so that no style leaks in or out (DG-16).
import { LAUNCHER_STYLES } from "./launcher_styles.js";
import { launcherName } from "./launcher_texts.js";

const SVG = "http://www.w3.org/2000/svg";
const TALK = "M12 3.5c-5 0-9 3.3-9 7.5 0 2.3 1.2 4.3 3.1 5.7-.1 1-.5 2.2-1.4 3.2-.3.3 0 .8.4.7 2-.2 3.6-1 4.6-1.8.7.1 1.5.2 2.3.2 5 0 9-3.4 9-7.9s-4-7.6-9-7.6Z";
const DOWN = "M5 9l7 7 7-7";

/** Draws the button. It sits beside <body>, not in it, so that pages that swap their body don't take it along. */
export function createLauncher(language, direction, page) {
  const host = page.createElement("switchboard-chat");
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(LAUNCHER_STYLES);
  root.adoptedStyleSheets = [sheet];

  const frame = page.createElement("div");
  frame.dir = direction;
  frame.lang = language;
  const button = page.createElement("button");
  button.type = "button";
  button.className = "launcher";
  button.dataset.part = "launcher";
  button.setAttribute("aria-controls", "panel");
  const badge = page.createElement("span");
  badge.className = "badge";
  badge.dataset.part = "unread";
  badge.setAttribute("aria-hidden", "true");
  button.append(icon(page, "talk", TALK, true), icon(page, "down", DOWN, false), badge);
  frame.append(button);
  root.append(frame);

  const shown = { open: false, unread: 0 };
  function show(change) {
    Object.assign(shown, change);
    button.setAttribute("aria-expanded", String(shown.open));
    button.setAttribute("aria-label", launcherName(language, shown.open, shown.unread));
    badge.hidden = shown.open || !shown.unread;
    badge.textContent = shown.unread > 9 ? "9+" : String(shown.unread);
    button.setAttribute("aria-busy", String(Boolean(shown.busy)));
  }
  show({});

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

  return { root, frame, button, show, remove };
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
