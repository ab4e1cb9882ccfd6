// When a dialogue's events have happened: time on the page, time on the site, how far was scrolled (DG-05). What was met
// once is met for good, and time already spent counts when the visitor comes back to the page.
import { isMet, metOf, rememberMet } from "../loader/met.js";

const MOST_PAGES = 20;
const SLACK_MS = 50;

/** `address()` is the page that the visitor is on; time is counted while it can be seen. */
export function createTriggers({ page, scope, memory, sessions, life, address }) {
  let pending = null;
  let since = null;
  let here = "";
  let scrolled = 0;

  const clock = () => scope.performance.now() / 1_000;
  const running = () => (since === null ? 0 : clock() - since);
  const spentHere = () => ((memory.get("spent") || {})[here] || 0) + running();

  function bank() {
    const total = spentHere();
    since = page.hidden || !pending ? null : clock();
    if (!here || !total) return;
    const { [here]: before, ...others } = memory.get("spent") || {};
    memory.set("spent", Object.fromEntries([...Object.entries(others).slice(1 - MOST_PAGES), [here, total]]));
  }

  function scroll() {
    const { scrollHeight, clientHeight } = page.documentElement;
    const room = scrollHeight - clientHeight;
    // A page that fits on the screen was seen whole.
    scrolled = Math.max(scrolled, room > 0 ? (scope.scrollY / room) * 100 : 100);
    check();
  }

  function check() {
    if (!pending) return;
    const { dialogue, done } = pending;
    const measured = { page: spentHere(), site: sessions.age() / 1_000, scroll: scrolled };
    const open = Object.entries(dialogue.events).filter(([name]) => !metOf(memory, dialogue).includes(name));
    rememberMet(memory, dialogue, open.filter(([name, bound]) => measured[name] > bound).map(([name]) => name));
    if (isMet(memory, dialogue)) {
      bank();
      pending = null;
      done();
      return;
    }
    const waits = open.filter(([name, bound]) => name !== "scroll" && measured[name] <= bound).map(([name, bound]) => bound - measured[name]);
    if (waits.length && !page.hidden) life.later("trigger", Math.min(...waits) * 1_000 + SLACK_MS, check);
  }

  /** Calls `done` as soon as everything that this dialogue waits for has happened; null waits for nothing. */
  function watch(dialogue, done) {
    bank();
    life.stop("trigger");
    if (here !== address()) scrolled = 0;
    here = address();
    pending = dialogue && !isMet(memory, dialogue) ? { dialogue, done } : null;
    since = page.hidden || !pending ? null : clock();
    if (pending) scroll();
  }

  life.listen(scope, "scroll", () => pending && scroll(), { passive: true });
  life.listen(page, "visibilitychange", () => (bank(), check()));
  life.listen(scope, "pagehide", bank);
  return { watch };
}
