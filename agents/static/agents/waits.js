import { countdown } from "./times.js";

/** A visitor without an answer for so long is getting impatient, and then cold; milliseconds of the server's time. */
export const SLOW = 40_000;
export const COLD = 120_000;
/** From here on seconds tell nothing. */
const LONG = 600_000;

/** How a visitor's wait shows: `grade` for its colour, `share` of the ring, `time` in words; pure. */
export function waitOf(age, say) {
  const share = Math.min(1, Math.max(0, age / COLD));
  const time = age < LONG ? countdown(Math.floor(age / 1_000) * 1_000) : say("minutes", { n: Math.floor(age / 60_000) });
  if (age > COLD) return { grade: "cold", share, time };
  return { grade: age > SLOW ? "slow" : "", share, time };
}
