// Tabs that are opened together must not become two visitors: only one of them at a time asks for a first token.

const PATIENCE_MS = 8_000;

/** Resolves to a function that ends our turn; at once where there is a token already or the browser has no locks. */
export function takeTurn(locks, name, hasToken, patience = PATIENCE_MS) {
  const nothing = () => {};
  if (hasToken() || !locks) return Promise.resolve(nothing);
  return new Promise((resolve) => {
    const waiting = new AbortController();
    const timer = setTimeout(() => waiting.abort(), patience);
    const held = locks.request(name, { signal: waiting.signal }, () => {
      clearTimeout(timer);
      if (hasToken()) return resolve(nothing);
      return new Promise((release) => resolve(release));
    });
    held.catch(() => resolve(nothing));
  });
}
