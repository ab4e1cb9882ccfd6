// Times and durations in the visitor's language and zone.

const DAY_MS = 86_400_000;
const KILO = 1_000;

export function createWording(language, strings) {
  const clock = new Intl.DateTimeFormat(language, { hour: "numeric", minute: "2-digit" });
  const weekday = new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long" });
  const full = new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short" });

  function day(at, now) {
    const days = Math.round((startOfDay(now) - startOfDay(at)) / DAY_MS);
    if (days === 0) return strings.today;
    return days === 1 ? strings.yesterday : weekday.format(at);
  }

  const units = ["byte", "kilobyte", "megabyte"].map((unit) => new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: unit === "byte" ? "long" : "short", maximumSignificantDigits: 2 }));

  function size(bytes) {
    const power = bytes < KILO ? 0 : bytes < KILO * KILO ? 1 : 2;
    return units[power].format(bytes / KILO ** power);
  }

  return { size, time: (at) => clock.format(at), moment: (at) => full.format(at), day };
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
