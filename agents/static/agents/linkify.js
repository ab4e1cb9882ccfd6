const URL_LIKE = /\bhttps?:\/\/[^\s<>"'`]+/gi;
const TRAILING = /[.,;:!?…»”’]+$/;

/** Cuts a text into pieces `{ text, href }`; only whole http and https addresses get an `href` (LC-29). */
export function linkify(text) {
  const pieces = [];
  let from = 0;
  for (const match of text.matchAll(URL_LIKE)) {
    const found = trim(match[0]);
    const href = safeHref(found);
    if (!href) continue;
    if (match.index > from) pieces.push({ text: text.slice(from, match.index), href: "" });
    pieces.push({ text: found, href });
    from = match.index + found.length;
  }
  if (from < text.length) pieces.push({ text: text.slice(from), href: "" });
  return pieces;
}

/** The address if following it can only lead to where it says, on the web; else empty. */
export function safeHref(address) {
  try {
    const url = new URL(address);
    // A name before an @ makes an address look like another one.
    const isPlain = !url.username && !url.password;
    return isPlain && (url.protocol === "http:" || url.protocol === "https:") ? url.href : "";
  } catch {
    return "";
  }
}

/** A full stop or a closing bracket after an address belongs to the sentence. */
function trim(address) {
  let kept = address.replace(TRAILING, "");
  while (/[)\]}]$/.test(kept) && count(kept, closing(kept)) > count(kept, opening(kept))) {
    kept = kept.slice(0, -1).replace(TRAILING, "");
  }
  return kept;
}

const closing = (text) => text.at(-1);
const opening = (text) => "([{"[")]}".indexOf(text.at(-1))];
const count = (text, sign) => text.split(sign).length - 1;
