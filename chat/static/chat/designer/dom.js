/* Elements, icons and words. Texts are put in as texts, whatever they hold. */

const SVG = "http://www.w3.org/2000/svg";

/** Makes an element; a function among the attributes listens to the event of that name. */
export function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name, value);
    else if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false && child !== ""));
  return node;
}

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", document.getElementById(`icon-${name}`) ? `#icon-${name}` : "#icon-card");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

export function svg(tag, attributes = {}) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

/** A button with words, perhaps an icon in front of them. */
export function button(words, act, { icon: name = "", ...attributes } = {}) {
  return make("button", { type: "button", class: "button", ...attributes, click: act }, name && icon(name), make("span", {}, words));
}

export function iconButton(name, words, act, attributes = {}) {
  return make("button", { type: "button", class: "icon-button", "aria-label": words, title: words, ...attributes, click: act }, icon(name));
}

export function part(name, root = document) {
  return root.querySelector(`[data-part="${name}"]`);
}

export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** A sentence with its gaps filled: `%(name)s`, and `%%` for a percent sign. */
export function fill(sentence, values = {}) {
  return sentence.replace(/%(?:%|\((\w+)\)[sd])/g, (all, name) => (name ? String(values[name] ?? "") : "%"));
}

/** `cardsOne` or `cardsMany`, by the number. */
export function count(words, name, number) {
  return fill(words[`${name}${number === 1 ? "One" : "Many"}`], { count: number });
}

export function short(text, most = 60) {
  const plain = text.replace(/\s+/g, " ").trim();
  return plain.length > most ? `${plain.slice(0, most - 1)}…` : plain;
}

export function isWriting(element = document.activeElement) {
  return Boolean(element?.matches?.("textarea, select, input:not([type=checkbox], [type=radio], [type=button])"));
}
