// Plain text to a list of pieces; addresses in it become links, everything else stays text (LC-29).

const ADDRESS = /\bhttps?:\/\/[^\s<>"'`{}|\\^\u0000-\u001f]+/gi;
const CLOSING = { ")": "(", "]": "[" };

/** Pieces of `text` in order, each `{ text }` or `{ text, href }`; joined, their texts are `text` again. */
export function linkify(text) {
  const pieces = [];
  let end = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = withoutTrailing(match[0]);
    const href = safeAddress(address);
    if (!href) continue;
    if (match.index > end) pieces.push({ text: text.slice(end, match.index) });
    pieces.push({ text: address, href });
    end = match.index + address.length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end) });
  return pieces;
}

/** The address if following it can only lead to a web page, else "". */
export function safeAddress(address, schemes = ["http:", "https:"]) {
  try {
    const url = new URL(address);
    // A name before an @ makes an address look like another one.
    return schemes.includes(url.protocol) && !url.username && !url.password ? url.href : "";
  } catch {
    return "";
  }
}

// The full stop that ends a sentence, or the bracket around an address, is no part of it.
function withoutTrailing(address) {
  let kept = address;
  for (;;) {
    const last = kept.at(-1);
    if (/[.,;:!?…]/.test(last)) kept = kept.slice(0, -1);
    else if (CLOSING[last] && count(kept, last) > count(kept, CLOSING[last])) kept = kept.slice(0, -1);
    else return kept;
  }
}

function count(text, sign) {
  return text.split(sign).length - 1;
}
