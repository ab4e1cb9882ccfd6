/** The arithmetic of a week's hours: spans are pairs of "09:00"; "00:00" as an end is midnight. */
const DAY = 24 * 60;

/** Reads "0-4 09:00-17:00" or "0,2 08:00-12:00 13:00-17:00": weekdays from Monday 0, then spans. */
export function readPreset(text) {
  const [days, ...spans] = text.trim().split(" ");
  const weekdays = days.split(",").flatMap((part) => {
    const [first, last = first] = part.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
  return { weekdays, spans: spans.map((span) => span.split("-")) };
}

function minutesAt(clock) {
  const [hours, minutes] = clock.split(":").map(Number);
  return hours * 60 + minutes;
}

/** How many minutes these spans cover, each once; what is half filled in or upside down counts nothing. */
export function coveredMinutes(spans) {
  const minutes = spans
    .filter(([from, to]) => from && to)
    .map(([from, to]) => [minutesAt(from), minutesAt(to) || DAY])
    .filter(([from, to]) => to > from)
    .sort(([first], [second]) => first - second);
  let covered = 0;
  let reached = 0;
  for (const [from, to] of minutes) {
    covered += Math.max(0, to - Math.max(from, reached));
    reached = Math.max(reached, to);
  }
  return covered;
}

/** 37.5 hours as the page's language writes them. */
export function writeHours(minutes, language) {
  return new Intl.NumberFormat(language, { maximumFractionDigits: 2 }).format(minutes / 60);
}
