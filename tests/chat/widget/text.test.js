// Text to links: only web addresses, and nothing of the text is ever lost (LC-29).
import assert from "node:assert/strict";
import test from "node:test";
import { linkify, safeAddress } from "../../../chat/static/chat/widget/panel/text.js";

const links = (text) => linkify(text).filter((piece) => piece.href).map((piece) => piece.text);

test("an address becomes a link and the rest stays text", () => {
  assert.deepEqual(linkify("See https://example.com/a?b=1#c now"), [
    { text: "See " }, { text: "https://example.com/a?b=1#c", href: "https://example.com/a?b=1#c" }, { text: " now" },
  ]);
});

test("the stop that ends a sentence isn't part of the address", () => {
  assert.deepEqual(links("Go to http://example.com/x. Or (https://example.com/y_(z)), please!"), ["http://example.com/x", "https://example.com/y_(z)"]);
});

test("an address is found in capitals", () => {
  assert.deepEqual(links("HTTPS://Example.com/A"), ["HTTPS://Example.com/A"]);
});

for (const text of ["javascript:alert(1)", "xhttps://example.com", "data:text/html,x", "ftp://example.com", "//example.com", "www.example.com", "https://", "https://bank.example@evil.example/"]) {
  test(`${text} is no link`, () => assert.deepEqual(links(text), []));
}

for (const text of ["<img src=x onerror=alert(1)> https://example.com/<b>", "a\nb\n\nhttps://example.com\nc", "https://example.com…", "", "‮https://example.com/‬"]) {
  test(`nothing of ${JSON.stringify(text)} is lost`, () => {
    assert.equal(linkify(text).map((piece) => piece.text).join(""), text);
  });
}

test("ten thousand addresses are found without delay", () => {
  assert.equal(links("https://example.com/a ".repeat(10_000)).length, 10_000);
});

test("other schemes are allowed only where they are named", () => {
  assert.equal(safeAddress("mailto:ann@example.com"), "");
  assert.equal(safeAddress("mailto:ann@example.com", ["mailto:"]), "mailto:ann@example.com");
});
