// Bringing in the panel: once, on intent, and again after a failure for as long as somebody wants it.

const TRIES_MS = [800, 2_000, 5_000, 10_000];

export function createFetching({ url, bring, wait, isWanted }) {
  let coming = null;

  async function patiently() {
    for (let attempt = 0; ; attempt += 1) {
      try {
        // A browser may remember that an address failed, so every further try has another one.
        return await bring(attempt ? `${url}?try=${attempt}` : url);
      } catch (error) {
        if (isWanted()) await wait(TRIES_MS[Math.min(attempt, TRIES_MS.length - 1)]);
        if (!isWanted()) throw error;
      }
    }
  }

  return () => {
    coming ??= patiently().catch((error) => {
      coming = null;
      throw error;
    });
    return coming;
  };
}
