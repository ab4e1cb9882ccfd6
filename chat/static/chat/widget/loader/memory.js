// What is kept between pages: localStorage under our own prefix, or memory where storage is blocked or full.
import { decode, encode } from "./natives.js";

const KEYS = ["token", "conversation", "live", "open", "queue", "session", "met", "spent", "told", "muted"];

export function createMemory(prefix, storage) {
  const fallback = new Map();

  function get(key) {
    if (fallback.has(key)) return fallback.get(key);
    try {
      return decode(storage().getItem(prefix + key));
    } catch {
      return null;
    }
  }

  function set(key, value) {
    try {
      if (value === null) storage().removeItem(prefix + key);
      else storage().setItem(prefix + key, encode(value));
      fallback.delete(key);
    } catch {
      fallback.set(key, value);
    }
  }

  function clear() {
    for (const key of KEYS) set(key, null);
  }

  return { get, set, clear };
}
