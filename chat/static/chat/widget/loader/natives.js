// The page's own scripts may replace what browsers bring, also after us: we go on with what was there when we came.

const { parse, stringify } = JSON;
const { fetch: send } = globalThis;
const PROTOTYPES = [Array.prototype, Object.prototype, String.prototype];

export const decode = (text) => parse(text);

/** JSON, also where an old library has given the page's arrays or texts a `toJSON` of their own. */
export function encode(value) {
  const spoilt = PROTOTYPES.filter((its) => Object.hasOwn(its, "toJSON")).map((its) => [its, its.toJSON]);
  for (const [its] of spoilt) delete its.toJSON;
  try {
    return stringify(value);
  } finally {
    for (const [its, own] of spoilt) its.toJSON = own;
  }
}

/** A request to our own host; `options` as for fetch. No cookie goes along, and no address of the page. */
export function ask(url, options) {
  return send(url, { credentials: "omit", referrerPolicy: "no-referrer", ...options });
}

/** Sends JSON in a way that needs no permission asked for beforehand (no preflight). */
export function post(url, body) {
  return ask(url, { method: "POST", body: encode(body), keepalive: true });
}

/** Random, and fit for every id that we make up. */
export function randomId(crypto) {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
