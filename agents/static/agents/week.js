/** The arithmetic of a week's hours: spans are pairs of "09:00"; "00:00" as an end is midnight, and an end before the
 * start is on the next day. */
const DAY = 24 * 60;
const WEEK = 7 * DAY;

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

/** Whether a stretch from and to these times ends on the next day; one until midnight doesn't. */
export function isOverMidnight([from, to]) {
  return Boolean(from && to) && minutesAt(to) > 0 && minutesAt(to) < minutesAt(from);
}

/** How many minutes of a week the spans of its days cover, each once; what is half filled in counts nothing. */
export function coveredMinutes(days) {
  const minutes = days
    .flatMap((spans, day) => spans.flatMap((span) => placeInWeek(span, day * DAY)))
    .sort(([first], [second]) => first - second);
  let covered = 0;
  let reached = 0;
  for (const [from, to] of minutes) {
    covered += Math.max(0, to - Math.max(from, reached));
    reached = Math.max(reached, to);
  }
  return covered;
}

/** From and to in minutes of the week, in two parts where Sunday night goes on into Monday. */
function placeInWeek([from, to], day) {
  if (!from || !to) return [];
  const starts = day + minutesAt(from);
  const ends = day + (isOverMidnight([from, to]) ? DAY + minutesAt(to) : minutesAt(to) || DAY);
  if (ends <= starts) return [];
  return ends > WEEK ? [[starts, WEEK], [0, ends - WEEK]] : [[starts, ends]];
}

/** 37.5 hours as the page's language writes them. */
export function writeHours(minutes, language) {
  return new Intl.NumberFormat(language, { maximumFractionDigits: 2 }).format(minutes / 60);
}
