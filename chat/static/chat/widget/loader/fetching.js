// Bringing in the chat: once, on intent, and again after a failure for as long as somebody wants it.

const TRIES_MS = [800, 2_000, 5_000, 10_000];
const DIGEST = /\.([\w-]{43})\.js/;

/** `bring(url)` loads a module; `isWanted()` says whether it is worth trying on. */
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

/** Loads a module of ours. Its address tells the digest of its content, and a browser that can checks it. */
export async function bringModule(url, page) {
  const [, digest] = url.match(DIGEST) || [];
  const link = page.createElement("link");
  if (digest && link.relList.supports("modulepreload")) await preload(link, url, digest, page);
  return import(url);
}

function preload(link, url, digest, page) {
  const base64 = digest.replaceAll("-", "+").replaceAll("_", "/");
  Object.assign(link, { rel: "modulepreload", href: url, integrity: `sha256-${base64}=`, crossOrigin: "anonymous" });
  return new Promise((resolve, reject) => {
    link.onload = resolve;
    link.onerror = reject;
    page.head.append(link);
  }).finally(() => link.remove());
}
