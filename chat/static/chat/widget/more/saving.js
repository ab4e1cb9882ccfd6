// Giving the visitor a file that we hold.
import { el } from "../panel/dom.js";

const KEPT_MS = 60_000;

export function save(blob, name) {
  const href = URL.createObjectURL(blob);
  // In no document: a page's router would take the click for a link of its own.
  el("a", { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), KEPT_MS);
}
