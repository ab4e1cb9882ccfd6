const MINUTE = 60_000;
const DAY = 86_400_000;

/** Writes times in the page's language and the agent's time zone. */
export class Times {
  constructor(language, zone, say) {
    const timeZone = zone || undefined;
    const make = (options) => new Intl.DateTimeFormat(language, { ...options, timeZone });
    // 24 hours, as everywhere in the product: the switch says 17:00 too.
    this.clock = make({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    this.weekday = make({ weekday: "short" });
    this.date = make({ day: "numeric", month: "short" });
    this.long = make({ weekday: "long", day: "numeric", month: "long" });
    this.whole = make({ dateStyle: "full", timeStyle: "short", hourCycle: "h23" });
    // Year, month, day in figures: equal for two moments of the same day where the agent lives.
    this.day = new Intl.DateTimeFormat("en-CA", { year: "numeric", month: "2-digit", day: "2-digit", timeZone });
    this.say = say;
  }

  dayOf(time) {
    return this.day.format(new Date(time));
  }

  /** For a list: now, 4 min, 14:02, Mon, 3 Nov. */
  short(time, now) {
    const at = Date.parse(time);
    const age = now - at;
    if (age < MINUTE) return this.say("now");
    if (age < 60 * MINUTE) return this.say("minutes", { n: Math.floor(age / MINUTE) });
    if (this.dayOf(at) === this.dayOf(now)) return this.clock.format(at);
    return age < 6 * DAY ? this.weekday.format(at) : this.date.format(at);
  }

  divider(time, now) {
    const day = this.dayOf(time);
    if (day === this.dayOf(now)) return this.say("today");
    if (day === this.dayOf(now - DAY)) return this.say("yesterday");
    return this.long.format(new Date(time));
  }
}

/** 1:05 for 65 000 milliseconds; rounded up, so that 0:00 means that it is over. */
export function countdown(milliseconds) {
  const seconds = Math.ceil(milliseconds / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
