/* Nodes of rich text as elements. Text goes in as text; an element or an address that isn't known is left out. */

const ELEMENTS = { b: "b", i: "i", ul: "ul", ol: "ol", li: "li", p: "p" };
const SAFE = /^(https?:|mailto:)/i;

export function buildNodes(nodes, document) {
  return nodes.map((node) => buildNode(node, document)).filter(Boolean);
}

function buildNode(node, document) {
  if (node.type === "text") return document.createTextNode(node.text);
  if (node.type === "br") return document.createElement("br");
  if (node.type === "a" && SAFE.test(node.href)) {
    const link = document.createElement("a");
    link.href = node.href;
    link.target = "_blank";
    link.rel = "noopener noreferrer nofollow";
    link.append(...buildNodes(node.children, document));
    return link;
  }
  const name = Object.hasOwn(ELEMENTS, node.type) ? ELEMENTS[node.type] : null;
  if (!name) return null;
  const element = document.createElement(name);
  element.append(...buildNodes(node.children, document));
  return element;
}
