// What follows from the one colour that an admin chose: text that can be read on it, and shades of it that can be read
// themselves. The widget and the admin's page of its look both ask here, so what the admin reads is what visitors get.

// WCAG 2.2: small text (1.4.3), and shapes that must be told from what they lie on (1.4.11).
export const TEXT_CONTRAST = 4.5;
export const SHAPE_CONTRAST = 3;
const WHITE = [255, 255, 255];
const BLACK = [0, 0, 0];
const HOVER = 0.16;
const STEP = 0.04;
// The panel's own grounds (styles.js); `soft` is how much of the colour a tinted ground takes.
const THEMES = {
  light: { surface: WHITE, sunken: [241, 243, 248], far: BLACK, soft: 0.09 },
  dark: { surface: [21, 26, 38], sunken: [35, 42, 59], far: WHITE, soft: 0.14 },
};

/**
 * The shades of `accent` (#rrggbb) in a theme, light or dark: itself as a ground, the text `on` it, the ground while the
 * pointer is on it (`strong`), a `soft` ground, `text` in the colour for all of the panel's grounds, and the `edge` that
 * the button needs where a page is too much like it.
 */
export function shadesOf(accent, theme) {
  const { surface, sunken, far, soft } = THEMES[theme];
  const base = parse(accent);
  // 21 is what white and black have between them, so where one is below 4.5 the other is above 4.6.
  const on = contrast(WHITE, base) >= TEXT_CONTRAST ? WHITE : BLACK;
  const tint = mix(surface, base, soft);
  const text = readable(base, far, [surface, sunken, tint]);
  const hasEdge = contrast(base, surface) < SHAPE_CONTRAST;
  return {
    accent: hex(base), on: hex(on), strong: hex(mix(base, on === WHITE ? BLACK : WHITE, HOVER)),
    soft: hex(tint), text: hex(text), edge: hasEdge ? hex(text) : "transparent",
  };
}

/** How well two colours (#rrggbb) can be told apart, from 1 to 21. */
export function contrastOf(one, other) {
  return contrast(parse(one), parse(other));
}

// As near to the colour as can be read on each of these grounds.
function readable(base, far, grounds) {
  for (let share = 0; share < 1; share += STEP) {
    const tried = mix(base, far, share);
    if (grounds.every((ground) => contrast(tried, ground) >= TEXT_CONTRAST)) return tried;
  }
  return far;
}

function contrast(one, other) {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

function luminance(colour) {
  const [red, green, blue] = colour.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function mix(one, other, share) {
  return one.map((part, place) => Math.round(part + (other[place] - part) * share));
}

function parse(colour) {
  return [1, 3, 5].map((place) => parseInt(colour.slice(place, place + 2), 16));
}

function hex(colour) {
  return `#${colour.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}
