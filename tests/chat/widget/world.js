// A world for the modules to live in: timers that run when told, sockets that do what the test says, a storage.

export class FakeSocket {
  static made = [];

  constructor(url) {
    this.url = url;
    this.sent = [];
    this.isClosed = false;
    FakeSocket.made.push(this);
  }

  send(text) {
    if (this.isClosed) throw new Error("closed");
    this.sent.push(JSON.parse(text));
  }

  close() {
    this.isClosed = true;
  }

  open() {
    this.onopen();
  }

  get(frame) {
    this.onmessage({ data: JSON.stringify(frame) });
  }

  drop(code) {
    this.isClosed = true;
    this.onclose?.({ code });
  }

  frames(type) {
    return this.sent.filter((frame) => frame.type === type);
  }
}

export function createWorld({ random = 0.5 } = {}) {
  FakeSocket.made = [];
  let time = Date.parse("2026-03-02T10:00:00Z");
  let timers = [];
  let next = 1;
  const env = {
    WebSocket: FakeSocket, createSocket: (url) => new FakeSocket(url), encode: JSON.stringify, decode: JSON.parse, crypto: globalThis.crypto, locks: undefined, now: () => time, random: () => random,
    setTimeout(action, delay) {
      timers.push({ id: next, at: time + delay, action });
      return next++;
    },
    clearTimeout(id) {
      timers = timers.filter((timer) => timer.id !== id);
    },
  };

  async function pass(ms) {
    const end = time + ms;
    for (;;) {
      await settled();
      const due = timers.filter((timer) => timer.at <= end).sort((one, other) => one.at - other.at)[0];
      if (!due) break;
      timers = timers.filter((timer) => timer !== due);
      time = Math.max(time, due.at);
      due.action();
    }
    time = end;
    await settled();
  }

  return { env, pass, sockets: () => FakeSocket.made, socket: () => FakeSocket.made.at(-1), timers: () => timers.length };
}

/** Lets promises that are ready run. */
export function settled() {
  return new Promise((resolve) => setImmediate(resolve));
}

export function createStorage() {
  const items = new Map();
  return {
    items,
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => items.set(key, value),
    removeItem: (key) => items.delete(key),
  };
}

export function blockedStorage() {
  throw new Error("SecurityError");
}
