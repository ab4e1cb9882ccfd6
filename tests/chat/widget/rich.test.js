// Formatted text becomes nodes, never HTML; what we don't know keeps only its text (LC-26, S1).
import assert from "node:assert/strict";
import test from "node:test";
import { linkedText, richText } from "../../../chat/static/chat/widget/panel/dom.js";

class FakeElement {
  constructor(tag) {
    Object.assign(this, { tag, attributes: {}, children: [] });
  }

  setAttribute(name, value) {
    this.attributes[name] = value;
  }

  append(...children) {
    this.children.push(...children);
  }
}

globalThis.document = { createElement: (tag) => new FakeElement(tag) };
const outline = (nodes) => nodes.map((node) => (typeof node === "string" ? node : [node.tag, ...outline(node.children)]));
const text = (words) => ({ type: "text", text: words });

test("bold, lists and links are built as elements", () => {
  const nodes = richText([
    { type: "p", children: [text("Sorry, "), { type: "b", children: [text("nobody")] }, { type: "br" }] },
    { type: "ul", children: [{ type: "li", children: [{ type: "a", href: "https://example.com/", children: [text("docs")] }] }] },
  ]);
  assert.deepEqual(outline(nodes), [["p", "Sorry, ", ["b", "nobody"], ["br"]], ["ul", ["li", ["a", "docs"]]]]);
});

test("a link opens elsewhere and tells nobody where it came from", () => {
  const [link] = richText([{ type: "a", href: "https://example.com/", children: [text("docs")] }]);
  assert.deepEqual(link.attributes, { href: "https://example.com/", target: "_blank", rel: "noopener noreferrer" });
});

for (const href of ["javascript:alert(1)", "data:text/html,x", "vbscript:x", "/relative", undefined]) {
  test(`a link to ${href} is only its text`, () => {
    assert.deepEqual(outline(richText([{ type: "a", href, children: [text("press me")] }])), ["press me"]);
  });
}

for (const type of ["script", "iframe", "img", "svg", "style", "form", "constructor"]) {
  test(`${type} is never built`, () => {
    assert.deepEqual(outline(richText([{ type, children: [text("inside")] }])), ["inside"]);
  });
}

test("markup in a text stays text", () => {
  assert.deepEqual(richText([text("<img src=x onerror=alert(1)>")]), ["<img src=x onerror=alert(1)>"]);
  assert.deepEqual(linkedText("<b>bold</b>"), ["<b>bold</b>"]);
});

test("nesting without end is cut", () => {
  let node = text("deep");
  for (let count = 0; count < 5_000; count += 1) node = { type: "b", children: [node] };
  assert.equal(JSON.stringify(outline(richText([node]))).includes("deep"), false);
});
