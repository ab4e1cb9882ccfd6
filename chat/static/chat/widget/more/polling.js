// A socket's stand-in where a network lets none through: the same frames by plain requests. Each request is answered as
// soon as there is something new, or after about 20 seconds; what was missed between two comes with the next.

const WAIT_MS = 30_000;
// Now and then a real socket is tried again: the visitor may have left the network that blocks them.
const PROBE_MS = 60_000;
const LOST = 1006;
const MOST_FRAMES = 25;

export class PollingSocket {
  constructor({ url, origin, hello, env, ask, sessions }) {
    Object.assign(this, { url, hello, env, ask, sessions, address: `${origin}/visitor/poll` });
    this.pending = [];
    this.carried = [];
    // What the latest answer said: with it, the next one waits for something new.
    this.have = "";
    this.isOpen = false;
    this.isClosed = false;
    this.timers = { next: this.env.setTimeout(() => this.poll(), 0) };
  }

  send(text) {
    const frame = this.env.decode(text);
    // Each request says hello by itself, and its answer stands for a pong.
    if (frame.type === "hello" || frame.type === "ping") return;
    this.pending.push(frame);
    // A request that only waits for news makes way for one that brings some.
    if (!this.carried.length) this.waiting?.abort();
  }

  close() {
    this.isClosed = true;
    this.waiting?.abort();
    for (const timer of Object.values(this.timers)) this.env.clearTimeout(timer);
    this.probing?.close();
  }

  async poll() {
    if (this.isClosed) return;
    const waiting = (this.waiting = new AbortController());
    this.timers.limit = this.env.setTimeout(() => waiting.abort(), WAIT_MS);
    this.carried = this.pending.splice(0, MOST_FRAMES);
    try {
      const body = this.env.encode({ hello: this.hello(), frames: this.carried, have: this.have });
      const response = await this.ask(this.address, { method: "POST", body, signal: waiting.signal });
      if (!response.ok) throw new Error(String(response.status));
      this.take(this.env.decode(await response.text()));
    } catch {
      // Made way for what is to be sent: that goes at once. Anything else is a lost connection.
      if (waiting.signal.aborted && this.pending.length) this.carried = [];
      else return this.end(LOST);
    } finally {
      this.env.clearTimeout(this.timers.limit);
    }
    return this.again();
  }

  again() {
    this.carried = [];
    if (!this.isClosed) this.timers.next = this.env.setTimeout(() => this.poll(), 0);
  }

  take({ frames = [], close = 0, have = "" }) {
    this.have = have;
    if (!this.isOpen && !close) this.opened();
    for (const frame of frames) {
      if (this.isClosed) return;
      this.onmessage?.({ data: this.env.encode(frame) });
      if (frame.type === "welcome") this.onmessage?.({ data: this.env.encode({ type: "pong", now: frame.now, mark: "" }) });
    }
    if (close) this.end(close);
  }

  opened() {
    this.isOpen = true;
    this.sessions.note("closed", "sockets");
    this.onopen?.();
    this.timers.probe = this.env.setTimeout(() => this.probe(), PROBE_MS);
  }

  probe() {
    const socket = (this.probing = new this.env.WebSocket(this.url));
    socket.onopen = () => {
      this.sessions.touch({ closed: this.sessions.touch().closed.filter((name) => name !== "sockets") });
      this.end(LOST);
    };
    socket.onclose = () => {
      if (!this.isClosed) this.timers.probe = this.env.setTimeout(() => this.probe(), PROBE_MS);
    };
  }

  end(code) {
    if (this.isClosed) return;
    this.close();
    this.onclose?.({ code });
  }
}
