export const CAP = 30_000;
const BASE = 500;

/**
 * Milliseconds before the next attempt to connect (DL-05). Full jitter: after a restart everybody comes back at some
 * other moment, instead of all at once in waves.
 */
export function delayBefore(attempt, random) {
  return Math.round(random() * Math.min(CAP, BASE * 2 ** Math.min(attempt, 10)));
}
