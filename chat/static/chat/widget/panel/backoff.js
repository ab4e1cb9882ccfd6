// How long to wait before the next try: full jitter, so that visitors don't come back in one wave (DL-05, DL-08).

const FLOOR_MS = 500;
const CEILING_MS = 30_000;
const NUDGE_MS = 1_000;

export function retryDelay(attempt, random) {
  const ceiling = Math.min(CEILING_MS, FLOOR_MS * 2 ** (attempt + 1));
  return FLOOR_MS + random() * (ceiling - FLOOR_MS);
}

/** When the network or the visitor is just back, it is worth trying at once. */
export function nudgeDelay(random) {
  return random() * NUDGE_MS;
}
