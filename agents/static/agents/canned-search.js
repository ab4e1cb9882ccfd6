/** The replies that fit what was typed behind "/", the best first; pure. */
export function findReplies(replies, typed) {
  const query = fold(typed);
  if (!query) return replies;
  const ranked = replies.map((reply, place) => ({ reply, place, rank: rankOf(reply, query) }));
  return ranked
    .filter(({ rank }) => rank >= 0)
    .sort((one, other) => one.rank - other.rank || one.place - other.place)
    .map(({ reply }) => reply);
}

/** The lower the better; -1 where it doesn't fit. The code counts most, then the title, then the text. */
function rankOf({ code, title, text }, query) {
  const [name, heading] = [fold(code), fold(title)];
  if (name === query) return 0;
  if (name.startsWith(query)) return 1;
  if (name.includes(query)) return 2;
  if (heading.split(" ").some((word) => word.startsWith(query)) || heading.includes(query)) return 3;
  if (hasInOrder(name, query)) return 4;
  if (hasInOrder(heading, query)) return 5;
  return fold(text).includes(query) ? 6 : -1;
}

/** Whether the letters come in this order, whatever stands between: "prl" finds "price-list". */
function hasInOrder(text, query) {
  let at = -1;
  return [...query.replaceAll(" ", "")].every((letter) => (at = text.indexOf(letter, at + 1)) >= 0);
}

/** Without accents and capitals: "prislåga" is found by "prislaga". */
function fold(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().trim();
}
