/** Makes an element: attributes as an object, children as nodes or texts. Texts stay texts, never HTML. */
export function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== ""));
  return node;
}

/** A link that opens elsewhere; the site it leads to can't reach back, nor learns where it was clicked (LC-29). */
export function makeLink(href, ...children) {
  return make("a", { href, target: "_blank", rel: "noopener noreferrer nofollow" }, ...children);
}

/** An icon of the sprite that every page carries. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

export function part(name, root = document) {
  return root.querySelector(`[data-part="${name}"]`);
}

/** Sets the text only where it differs, so that live regions and selections aren't disturbed. */
export function setText(node, text) {
  if (node && node.textContent !== text) node.textContent = text;
}

export function show(node, isShown) {
  if (node && node.hidden === isShown) node.hidden = !isShown;
}

/** A copy of a `<template>`; its `data-slot` elements are returned by name. */
export function stamp(template) {
  const node = template.content.firstElementChild.cloneNode(true);
  return { node, slots: slotsOf(node) };
}

export function slotsOf(node) {
  return Object.fromEntries([...node.querySelectorAll("[data-slot]")].map((slot) => [slot.dataset.slot, slot]));
}

/** Whether the agent is writing somewhere: then nothing may take the focus away (LC-21). */
export function isWriting(element = document.activeElement) {
  if (!element) return false;
  return element.isContentEditable || element.matches("textarea, select, input:not([type=button], [type=submit])");
}

export function readJson(id) {
  const node = document.getElementById(id);
  return node ? JSON.parse(node.textContent) : null;
}

/** Brings a parent's children to this list with the least moves; nodes that stay are not touched. */
export function arrange(parent, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  nodes.forEach((node, index) => {
    if (parent.children[index] !== node) parent.insertBefore(node, parent.children[index] ?? null);
  });
}
