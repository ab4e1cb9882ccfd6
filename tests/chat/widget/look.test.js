import assert from "node:assert/strict";
import { test } from "node:test";

import { contrastOf, shadesOf, SHAPE_CONTRAST, TEXT_CONTRAST } from "../../../chat/static/chat/widget/look/colours.js";
import { lookStyles } from "../../../chat/static/chat/widget/look/look.js";

const GROUNDS = { light: ["#ffffff", "#f1f3f8"], dark: ["#151a26", "#232a3b"] };
// The panel's quiet text, which also lies on the tinted ground.
const MUTED = { light: "#5a6478", dark: "#a3adc2" };
const LOOK = { accent: "#0b5fff", theme: "auto", font: "system", anchor: "end", side: 20, bottom: 24 };

function everyColour() {
  const parts = Array.from({ length: 16 }, (_, place) => (place * 17).toString(16).padStart(2, "0"));
  return parts.flatMap((red) => parts.flatMap((green) => parts.map((blue) => `#${red}${green}${blue}`)));
}

test("contrast is what the guidelines say it is", () => {
  assert.equal(contrastOf("#000000", "#ffffff"), 21);
  assert.equal(contrastOf("#ffffff", "#ffffff"), 1);
  // Two greys that are known for lying on either side of the bound.
  assert.ok(contrastOf("#767676", "#ffffff") >= TEXT_CONTRAST);
  assert.ok(contrastOf("#777777", "#ffffff") < TEXT_CONTRAST);
});

for (const theme of ["light", "dark"]) {
  test(`whatever colour is chosen, everything in it can be read: ${theme}`, () => {
    for (const colour of everyColour()) {
      const { accent, on, strong, soft, text, edge } = shadesOf(colour, theme);
      assert.equal(accent, colour);
      assert.ok(contrastOf(on, accent) >= TEXT_CONTRAST, `text on ${colour}`);
      assert.ok(contrastOf(on, strong) >= TEXT_CONTRAST, `text on ${colour} under the pointer`);
      for (const ground of [...GROUNDS[theme], soft]) assert.ok(contrastOf(text, ground) >= TEXT_CONTRAST, `${text} for ${colour} on ${ground}`);
      assert.ok(contrastOf(MUTED[theme], soft) >= TEXT_CONTRAST, `quiet text on the tint of ${colour}: ${soft}`);
      const seen = edge === "transparent" ? accent : edge;
      assert.ok(contrastOf(seen, GROUNDS[theme][0]) >= SHAPE_CONTRAST, `button in ${colour}`);
    }
  });
}

test("white text stays where it can be read, and a button that can be seen gets no edge", () => {
  assert.equal(shadesOf("#0b5fff", "light").on, "#ffffff");
  assert.equal(shadesOf("#0b5fff", "light").edge, "transparent");
  assert.equal(shadesOf("#ffd400", "light").on, "#000000");
  assert.notEqual(shadesOf("#ffd400", "light").edge, "transparent");
  assert.equal(shadesOf("#ffd400", "dark").edge, "transparent");
});

test("a look that follows the device has both themes, a fixed one has its own", () => {
  const dark = shadesOf("#0b5fff", "dark").text;
  const light = shadesOf("#0b5fff", "light").text;
  assert.match(lookStyles(LOOK), new RegExp(`--accent-text:${light};.*@media \\(prefers-color-scheme:dark\\).*--accent-text:${dark};`));
  assert.doesNotMatch(lookStyles({ ...LOOK, theme: "light" }), new RegExp(`${dark}|@media`));
  assert.doesNotMatch(lookStyles({ ...LOOK, theme: "dark" }), new RegExp(`--accent-text:${light}|@media`));
});

test("the place is told in the direction of the language", () => {
  assert.match(lookStyles(LOOK), /--inline-start:auto;--inline-end:20px;--bottom:24px;/);
  assert.match(lookStyles({ ...LOOK, anchor: "start" }), /--inline-start:20px;--inline-end:auto;/);
});

test("the page's own font is taken where it is wanted and known", () => {
  assert.match(lookStyles({ ...LOOK, font: "page" }, '"Acme Sans", serif'), /--font:"Acme Sans", serif;/);
  assert.match(lookStyles({ ...LOOK, font: "page" }), /--font:system-ui/);
  assert.match(lookStyles({ ...LOOK, font: "nothing we know" }), /--font:system-ui/);
  assert.doesNotMatch(lookStyles({ ...LOOK, font: "mono" }, "Acme Sans"), /Acme/);
});
