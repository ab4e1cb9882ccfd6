// Times and durations in the visitor's language and zone, written as they are where the browser comes from.

const DAY_MS = 86_400_000;
const KILO = 1_000;
// As in the counts within our sentences, also where Arabic has others.
const DIGITS = { numberingSystem: "latn" };

export function createWording(language, strings) {
  const format = (style) => new Intl.DateTimeFormat(regionOf(language), { ...style, ...DIGITS });
  const clock = format({ hour: "numeric", minute: "2-digit" });
  const weekday = format({ weekday: "long", day: "numeric", month: "long" });
  const full = format({ dateStyle: "long", timeStyle: "short" });

  function day(at, now) {
    const days = Math.round((startOfDay(now) - startOfDay(at)) / DAY_MS);
    if (days === 0) return strings.today;
    return days === 1 ? strings.yesterday : weekday.format(at);
  }

  const units = ["byte", "kilobyte", "megabyte"].map((unit) => new Intl.NumberFormat(regionOf(language), { ...DIGITS, style: "unit", unit, unitDisplay: unit === "byte" ? "long" : "short", maximumSignificantDigits: 2 }));

  function size(bytes) {
    const power = bytes < KILO ? 0 : bytes < KILO * KILO ? 1 : 2;
    return units[power].format(bytes / KILO ** power);
  }

  return { size, time: (at) => clock.format(at), moment: (at) => full.format(at), day };
}

/** The browser's own kind of our language, so that times are 14:30 to a Briton and 2:30 PM to an American. */
export function regionOf(language) {
  return globalThis.navigator?.languages?.find((tag) => tag.startsWith(`${language}-`)) ?? language;
}

/** Seconds as m:ss; never less than nothing. */
export function minutes(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** The local day as a sortable key. */
export function dayKey(at) {
  return new Date(at).toLocaleDateString("en-CA");
}

function startOfDay(at) {
  return new Date(at).setHours(0, 0, 0, 0);
}
