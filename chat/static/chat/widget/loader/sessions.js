// The visitor's session: a random id, over after 30 minutes without activity (DG-21). With it goes what is to happen
// once a session: which dialogues were shown, what was closed, since when the visitor has been on the site.
import { randomId } from "./natives.js";

const LIFE_MS = 30 * 60_000;

export function createSessions(memory, crypto, now = Date.now) {
  function current() {
    const held = memory.get("session");
    // A clock that was put back is no reason for a session without end.
    const isAlive = held && Math.abs(now() - held.at) < LIFE_MS;
    return isAlive ? held : { id: randomId(crypto), began: now(), shown: [], closed: [] };
  }

  /** The session as it is now; `values` are changed in it, and whatever happens in it keeps it alive. */
  function touch(values) {
    const session = { ...current(), ...values, at: now() };
    memory.set("session", session);
    return session;
  }

  /** Notes a name in one of the session's lists; false where it is there already. */
  function note(list, name) {
    const { [list]: names } = current();
    if (names.includes(name)) return false;
    touch({ [list]: [...names, name] });
    return true;
  }

  return { touch, note, age: () => now() - touch().began, has: (list, name) => current()[list].includes(name) };
}
