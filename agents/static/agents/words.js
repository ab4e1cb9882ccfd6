/** Sentences for people, in the page's language; the server hands them over with the page. */
export function makeSay(words) {
  return (key, values = {}) =>
    (words[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}
