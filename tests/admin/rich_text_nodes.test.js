import assert from "node:assert/strict";
import test from "node:test";

import { buildNodes } from "../../config/installation/static/installation/rich_text_nodes.js";

class Element {
  constructor(name) {
    this.name = name;
    this.children = [];
  }

  append(...children) {
    this.children.push(...children);
  }
}

const document = { createElement: (name) => new Element(name), createTextNode: (text) => ({ text }) };

test("text is text and elements are nested", () => {
  const [bold] = buildNodes([{ type: "b", children: [{ type: "text", text: "<i>" }, { type: "br" }] }], document);
  assert.equal(bold.name, "b");
  assert.deepEqual(bold.children[0], { text: "<i>" });
  assert.equal(bold.children[1].name, "br");
});

test("links keep safe addresses only", () => {
  const link = (href) => buildNodes([{ type: "a", href, children: [] }], document);
  assert.equal(link("https://example.com")[0].href, "https://example.com");
  assert.equal(link("https://example.com")[0].rel, "noopener noreferrer nofollow");
  assert.deepEqual(link("javascript:alert(1)"), []);
});

test("elements that aren't known are left out", () => {
  for (const type of ["script", "constructor", "img"]) {
    assert.deepEqual(buildNodes([{ type, children: [] }], document), []);
  }
});
