// One live socket to the server, for as long as it is wanted: backoff, heartbeats, and what a close code asks for.
import { nudgeDelay, retryDelay } from "./backoff.js";

const PING_MS = 20_000;
const PING_FRAMES = 100;
const PROBE_MS = 5_000;
const WELCOME_MS = 12_000;
const STABLE_MS = 10_000;
const MISSED_PONGS = 2;
const UNAUTHENTICATED = 4401;
// The server says that coming back as we are is no use: it is over (1000), or we aren't allowed here (4403).
const FINAL_CODES = [1000, 4403];

/**
 * `hello()` gives the first frame; `prepare()` may be awaited before each socket; `onFrame(frame)` gets what arrives;
 * `onStatus(status)`: off, connecting, open, waiting or stopped; `onRefused()` forgets the token and says whether to try
 * again. `env` brings WebSocket, timers, random: a test has its own.
 */
export class Connection {
  constructor({ url, prepare, hello, onFrame, onStatus, onRefused, env }) {
    Object.assign(this, { url, prepare, hello, onFrame, onStatus, onRefused, env });
    this.status = "off";
    this.socket = null;
    this.attempt = 0;
    // Sockets in a row that never opened: the network may let none through.
    this.failures = 0;
    this.timers = new Map();
  }

  start() {
    if (this.status === "off" || this.status === "stopped") this.connect();
  }

  /** Drops the socket and says `hello` again on a new one, at once. */
  restart() {
    this.drop();
    this.connect();
  }

  stop() {
    this.drop();
    this.setStatus("off");
  }

  /** The network, the page or the visitor is back: try now, or make sure that the socket is alive. */
  nudge() {
    if (this.status === "waiting") this.retryIn(nudgeDelay(this.env.random));
    else if (this.status === "open") this.probe();
  }

  send(frame) {
    if (this.status !== "open") return false;
    return this.write(frame);
  }

  write(frame) {
    try {
      this.socket.send(this.env.encode(frame));
      return true;
    } catch {
      return false;
    }
  }

  async connect() {
    this.setStatus("connecting");
    this.retryAfter = null;
    const turn = (this.turn = {});
    this.after("welcome", WELCOME_MS, () => this.lost());
    await this.prepare();
    try {
      const socket = this.turn === turn && (await this.env.createSocket(this.url, this.failures, () => this.hello()));
      if (this.turn === turn) this.listen(socket);
      else if (socket) socket.close();
    } catch {
      this.lost();
    }
  }

  listen(socket) {
    this.socket = socket;
    this.unconfirmed = this.missed = 0;
    this.mark = "";
    this.failures += 1;
    socket.onopen = () => {
      this.failures = 0;
      this.write(this.hello());
    };
    socket.onmessage = (event) => this.take(event.data);
    socket.onclose = (event) => this.closed(event.code);
  }

  take(data) {
    let frame;
    try {
      frame = this.env.decode(data);
    } catch {
      return;
    }
    this.unconfirmed += 1;
    this.cancel("probe");
    if (frame.type === "welcome") this.welcomed();
    if (frame.type === "pong") {
      this.missed = 0;
      this.mark = frame.mark;
    }
    if (frame.type === "bye") this.retryAfter = frame.retry_after;
    this.onFrame(frame);
    if (this.status === "open" && this.unconfirmed >= PING_FRAMES) this.ping();
  }

  welcomed() {
    this.cancel("welcome");
    this.setStatus("open");
    this.after("stable", STABLE_MS, () => { this.attempt = 0; });
    this.beat();
  }

  beat() {
    this.after("beat", PING_MS, () => {
      if (this.missed >= MISSED_PONGS) return this.lost(0);
      this.missed += 1;
      this.ping();
      return this.beat();
    });
  }

  ping() {
    this.unconfirmed = 0;
    this.send({ type: "ping", mark: this.mark });
  }

  probe() {
    this.ping();
    this.after("probe", PROBE_MS, () => this.lost(0));
  }

  closed(code) {
    const retryAfter = this.retryAfter;
    const isFinal = code === UNAUTHENTICATED ? !this.onRefused() : FINAL_CODES.includes(code);
    if (!isFinal) return this.lost(retryAfter);
    this.drop();
    return this.setStatus("stopped");
  }

  lost(delay = null) {
    this.drop();
    this.setStatus("waiting");
    const jittered = delay === null ? retryDelay(this.attempt, this.env.random) : delay + nudgeDelay(this.env.random);
    this.attempt += 1;
    this.retryIn(jittered);
  }

  retryIn(delay) {
    this.after("retry", delay, () => this.connect());
  }

  drop() {
    for (const name of [...this.timers.keys()]) this.cancel(name);
    this.turn = null;
    const socket = this.socket;
    this.socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    try {
      socket.close();
    } catch {
      // It was never open.
    }
  }

  setStatus(status) {
    if (this.status === status) return;
    this.status = status;
    this.onStatus(status);
  }

  after(name, delay, action) {
    this.cancel(name);
    this.timers.set(name, this.env.setTimeout(() => {
      this.timers.delete(name);
      action();
    }, delay));
  }

  cancel(name) {
    this.env.clearTimeout(this.timers.get(name));
    this.timers.delete(name);
  }
}
