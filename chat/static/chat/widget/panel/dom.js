// Building nodes. Text only ever gets in as text; nothing here takes HTML.
import { linkify, safeAddress } from "./text.js";

const RICH_TAGS = new Set(["b", "i", "ul", "ol", "li", "p", "br"]);
const RICH_SCHEMES = ["http:", "https:", "mailto:"];
const MAX_DEPTH = 20;
const ICONS = {
  close: "M6 6l12 12M18 6L6 18",
  down: "M6 9.5l6 6 6-6",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  send: "M12 19V5M5.5 11.5L12 5l6.5 6.5",
  check: "M4 12.5l5 5L20 6.5",
  checks: "M1.5 12.5l5 5L17 6.5M12 17l.5.5L23 6.5",
  clock: "M12 7v5l3 2M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z",
  alert: "M12 8v5M12 16.5h.01M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z",
  save: "M12 4v11M7 10.5l5 5 5-5M5 20h14",
  file: "M7 3h7l5 5v13H7zM14 3v5h5",
  clip: "M20 11.5l-8 8a5 5 0 0 1-7-7l8.5-8.5a3.3 3.3 0 0 1 4.7 4.7l-8.5 8.5a1.6 1.6 0 0 1-2.3-2.3l7.5-7.5",
  bot: "M12 3v3M7 6h10a3 3 0 0 1 3 3v7a3 3 0 0 1-3 3H7a3 3 0 0 1-3-3V9a3 3 0 0 1 3-3ZM9 11.5v1.5M15 11.5v1.5",
};

/** An element with attributes (`null` and `false` leave one out, a function listens) and children. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === false || value === undefined) continue;
    if (typeof value === "function") node.addEventListener(name, value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export function icon(name, classes = "") {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[name]);
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon ${classes}`);
  svg.setAttribute("aria-hidden", "true");
  svg.append(path);
  return svg;
}

export function linkedText(text) {
  return linkify(text).map((piece) => (piece.href ? link(piece.href, [piece.text]) : piece.text));
}

/** The formatted text of a fallback message; of an element we don't know only the text is kept (LC-26). */
export function richText(nodes, depth = 0) {
  if (depth > MAX_DEPTH) return [];
  return nodes.flatMap((node) => {
    if (node.type === "text") return [node.text];
    const children = richText(node.children ?? [], depth + 1);
    if (node.type === "a") {
      const href = safeAddress(node.href, RICH_SCHEMES);
      return href ? [link(href, children)] : children;
    }
    return RICH_TAGS.has(node.type) ? [el(node.type, {}, ...children)] : children;
  });
}

function link(href, children) {
  return el("a", { href, target: "_blank", rel: "noopener noreferrer" }, ...children);
}
