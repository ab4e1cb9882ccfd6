// Events for the host page. A listener that throws is reported and never stops us.

export function createEvents() {
  const listeners = new Map();

  function on(name, listener) {
    if (!listeners.has(name)) listeners.set(name, new Set());
    listeners.get(name).add(listener);
    return () => listeners.get(name)?.delete(listener);
  }

  function once(name, listener) {
    const off = on(name, (detail) => {
      off();
      listener(detail);
    });
    return off;
  }

  function emit(name, detail = {}) {
    for (const listener of [...(listeners.get(name) || [])]) {
      try {
        listener(detail);
      } catch (error) {
        console.error(error);
      }
    }
  }

  return { on, once, emit, clear: () => listeners.clear() };
}
