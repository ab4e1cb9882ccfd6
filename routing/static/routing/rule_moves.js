/* The order of a page's rules while it is changed: what the server has, and what somebody wants. */

/** These ids with one of them at another place, from 0; past the ends is at the end. */
export function moveTo(ids, id, place) {
  const others = ids.filter((other) => other !== id);
  others.splice(Math.max(0, Math.min(place, others.length)), 0, id);
  return others;
}

/** The place that a pointer is over: how many of the other rows have their middle above it. */
export function findPlace(middles, y) {
  return middles.filter((middle) => middle < y).length;
}

/** How far a page scrolls, in pixels, with a pointer this near its upper or lower edge. */
export function scrollBy(y, height, { edge = 48, most = 12 } = {}) {
  if (y < edge) return -Math.ceil((most * (edge - Math.max(y, 0))) / edge);
  if (y > height - edge) return Math.ceil((most * (Math.min(y, height) - height + edge)) / edge);
  return 0;
}

const isSame = (one, other) => one.length === other.length && one.every((id, place) => id === other[place]);

/**
 * Saves one order after the other, the newest one only: while one is on its way, those between are skipped.
 * `send(shown, wanted)` settles with the server's answer, or rejects; then everything is as the server has it.
 */
export function createKeeper(ids, { send, saved, failed }) {
  let known = ids;
  let wanted = ids;
  let running = null;

  async function run() {
    let isHeld = true;
    while (!isSame(known, wanted)) {
      const asked = wanted;
      try {
        const answer = await send(known, asked);
        known = asked;
        saved(answer);
      } catch (error) {
        wanted = known;
        isHeld = false;
        failed(known, error);
      }
    }
    running = null;
    return isHeld;
  }

  return {
    get wanted() {
      return wanted;
    },
    get isSaving() {
      return running !== null;
    },
    /** Resolves once the server has it, to true; or has refused it, or one before it, to false. */
    want(order) {
      wanted = order;
      running ??= run();
      return running;
    },
  };
}
