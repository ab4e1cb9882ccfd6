/** The rows that fit what was typed, the best first. `fieldsOf` gives a row's name, its heading and its text; pure. */
export function findBest(rows, typed, fieldsOf) {
  const query = fold(typed);
  if (!query) return rows;
  const ranked = rows.map((row, place) => ({ row, place, rank: rankOf(fieldsOf(row).map(fold), query) }));
  return ranked
    .filter(({ rank }) => rank >= 0)
    .sort((one, other) => one.rank - other.rank || one.place - other.place)
    .map(({ row }) => row);
}

/** The lower the better; -1 where it doesn't fit. The name counts most, then the heading, then the text. */
function rankOf([name, heading, text], query) {
  if (name === query) return 0;
  if (name.startsWith(query)) return 1;
  if (name.includes(query)) return 2;
  if (heading.split(" ").some((word) => word.startsWith(query)) || heading.includes(query)) return 3;
  if (hasInOrder(name, query)) return 4;
  if (hasInOrder(heading, query)) return 5;
  return text.includes(query) ? 6 : -1;
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
