// What the admin set about the look, as a style sheet of custom properties on the shadow root's host (DG-17).
import { shadesOf } from "./colours.js";

const SANS = 'system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif';
const FONTS = {
  system: SANS,
  serif: 'ui-serif,Georgia,Cambria,"Times New Roman",serif',
  rounded: `ui-rounded,"SF Pro Rounded",Nunito,"Varela Round","Arial Rounded MT Bold",${SANS}`,
  mono: 'ui-monospace,"SF Mono","Cascadia Mono","DejaVu Sans Mono",Menlo,monospace',
};

/**
 * The style sheet of a look `{ accent, theme, font, anchor, side, bottom }`. `pageFont` is the font family of the page,
 * for a chat that is to look like it.
 *
 * Properties: --accent, --on-accent, --accent-strong, --accent-soft, --accent-text, --ring, --edge (the button's, often
 * transparent), --font, --bottom, and --inline-start and --inline-end, of which one is `auto`.
 */
export function lookStyles({ accent, theme, font, anchor, side, bottom }, pageFont = "") {
  const [start, end] = anchor === "start" ? [`${side}px`, "auto"] : ["auto", `${side}px`];
  const family = font === "page" && pageFont ? pageFont : FONTS[font] ?? SANS;
  const place = `--inline-start:${start};--inline-end:${end};--bottom:${bottom}px;--font:${family};`;
  return `:host{${place}}${themed(theme, declare(accent, "light"), declare(accent, "dark"))}`;
}

/** Declarations for a theme: one of the two, or for `auto` whichever the visitor's device asks for. */
export function themed(theme, light, dark) {
  const scheme = (name, declarations) => `:host{color-scheme:${name} !important;${declarations}}`;
  if (theme === "light" || theme === "dark") return scheme(theme, theme === "dark" ? dark : light);
  return `${scheme("light", light)}@media (prefers-color-scheme:dark){${scheme("dark", dark)}}`;
}

function declare(colour, theme) {
  const { accent, on, strong, soft, text, edge } = shadesOf(colour, theme);
  return `--accent:${accent};--on-accent:${on};--accent-strong:${strong};--accent-soft:${soft};--accent-text:${text};--ring:${text};--edge:${edge};`;
}
