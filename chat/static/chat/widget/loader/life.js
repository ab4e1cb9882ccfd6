// Everything that must be gone after destroy(): listeners and timers of the snippet.

export function createLife() {
  const ending = new AbortController();
  const timers = new Map();

  function later(name, delay, action) {
    clearTimeout(timers.get(name));
    timers.set(name, setTimeout(action, delay));
  }

  return {
    later,
    listen: (target, type, listener, options) => target?.addEventListener(type, listener, { ...options, signal: ending.signal }),
    stop: (name) => clearTimeout(timers.get(name)),
    end() {
      ending.abort();
      timers.forEach((timer) => clearTimeout(timer));
    },
  };
}
