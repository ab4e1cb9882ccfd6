// What the admin is told of a colour, by the very functions that the shades come from.

import { contrastOf, shadesOf } from "./colours.js";

const WHITE = "#ffffff";
const PAGES = { light: WHITE, dark: "#151a26" };

export function isColour(text) {
  return /^#[0-9a-f]{6}$/i.test(text);
}

/** Facts about a colour (#rrggbb), in order: `{ words, ratio, instead, ground, ink }`; `words` names the sentence. */
export function describeColour(colour) {
  const light = shadesOf(colour, "light");
  const dark = shadesOf(colour, "dark");
  const white = contrastOf(WHITE, colour);
  const facts = [
    light.on === WHITE
      ? { words: "white", ratio: white, ground: colour, ink: WHITE }
      : { words: "black", ratio: white, instead: contrastOf(light.on, colour), ground: colour, ink: light.on },
    describeButton(colour, light, "light"),
    describeButton(colour, dark, "dark"),
  ];
  if (light.text !== colour) facts.push({ words: "darker", ground: WHITE, ink: light.text });
  if (dark.text !== colour) facts.push({ words: "lighter", ground: PAGES.dark, ink: dark.text });
  return facts;
}

function describeButton(colour, shades, theme) {
  const ratio = contrastOf(colour, PAGES[theme]);
  if (shades.edge === "transparent") return { words: `seen-${theme}`, ratio, ground: PAGES[theme], ink: colour };
  return { words: `edge-${theme}`, ratio, instead: contrastOf(shades.edge, PAGES[theme]), ground: PAGES[theme], ink: colour };
}
