import { delayBefore } from "./backoff.js";

const PING_EVERY = 20_000;
const PING_AFTER_FRAMES = 100;
/** Without an answer for so long the network is gone, though the browser hasn't noticed yet. */
const ANSWER_WITHIN = 10_000;
/** When somebody comes back to the page, a socket that died in its sleep should be found out fast. */
const POKED_ANSWER_WITHIN = 3_000;

const UNAUTHENTICATED = 4401;
const FORBIDDEN = 4403;
const OPEN = 1;

/**
 * One socket that comes back by itself. `pulse()` is to be called every second or so: one clock drives heartbeats, the
 * deadline of their answers and reconnection, so nothing hangs on a timer that a hidden tab slows down.
 *
 * Statuses: connecting, online, waiting (until `retryAt`), signed-out, forbidden.
 */
export class Connection {
  constructor({ makeSocket, hello, onFrame, onStatus, onClock = () => {}, now = () => Date.now(), random = Math.random }) {
    Object.assign(this, { makeSocket, hello, onFrame, onStatus, onClock, now, random });
    this.socket = null;
    this.status = "waiting";
    this.attempt = 0;
    this.retryAt = 0;
    this.answerBy = 0;
    this.comeBackAfter = 0;
  }

  get isOnline() {
    return this.status === "online" && this.socket?.readyState === OPEN;
  }

  get isOver() {
    return this.status === "signed-out" || this.status === "forbidden";
  }

  connect() {
    if (this.isOver) return;
    this.#drop();
    this.mark = "";
    this.unconfirmed = 0;
    this.sentAt = this.lastPing = this.now();
    this.answerBy = this.sentAt + ANSWER_WITHIN;
    this.comeBackAfter = 0;
    this.#become("connecting");
    const socket = this.makeSocket();
    this.socket = socket;
    socket.onopen = () => {
      this.sentAt = this.now();
      socket.send(JSON.stringify(this.hello()));
    };
    socket.onmessage = (event) => this.#take(JSON.parse(event.data));
    socket.onclose = (event) => this.#lost(event.code);
  }

  /** Sends a frame if the server has welcomed this page; false means that it wasn't sent. */
  send(frame) {
    if (!this.isOnline) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  pulse() {
    if (this.isOver) return;
    const now = this.now();
    if (this.status === "waiting") {
      if (now >= this.retryAt) this.connect();
    } else if (this.answerBy && now >= this.answerBy) {
      this.#lost(0);
    } else if (this.status === "online" && now - this.lastPing >= PING_EVERY) {
      this.#ping(ANSWER_WITHIN);
    }
  }

  /** Somebody is back: the page is seen again, the network is there again. Don't wait, and don't trust the socket. */
  poke() {
    if (this.status === "waiting") this.connect();
    else if (this.isOnline) this.#ping(POKED_ANSWER_WITHIN);
  }

  /** Starts over on a fresh socket, which brings the whole state. */
  restart() {
    this.connect();
  }

  /** Lets the socket go until the next `poke()`: the page is being left. */
  rest() {
    if (this.isOver) return;
    this.#drop();
    this.retryAt = Infinity;
    this.#become("waiting");
  }

  #ping(within) {
    const now = this.now();
    if (!this.send({ type: "ping", mark: this.mark })) return;
    this.lastPing = this.sentAt = now;
    this.unconfirmed = 0;
    this.answerBy = this.answerBy ? Math.min(this.answerBy, now + within) : now + within;
  }

  #take(frame) {
    this.unconfirmed += 1;
    if (frame.type === "welcome" || frame.type === "pong") {
      this.answerBy = 0;
      this.onClock(frame.now, this.sentAt, this.now());
    }
    if (frame.type === "pong") this.mark = frame.mark;
    if (frame.type === "bye") {
      this.comeBackAfter = frame.retry_after;
    } else {
      if (frame.type === "welcome") {
        this.attempt = 0;
        this.#become("online");
      }
      this.onFrame(frame);
    }
    if (this.unconfirmed >= PING_AFTER_FRAMES) this.#ping(ANSWER_WITHIN);
  }

  #lost(code) {
    this.#drop();
    if (code === UNAUTHENTICATED) return this.#become("signed-out");
    if (code === FORBIDDEN) return this.#become("forbidden");
    // Everything else is tried again, an orderly close too: an agent who silently stays away costs a visitor.
    const delay = this.comeBackAfter || delayBefore(this.attempt, this.random);
    this.attempt += 1;
    this.retryAt = this.now() + delay;
    return this.#become("waiting");
  }

  /** Lets go at once: a close handshake over a dead network would take a minute. */
  #drop() {
    const socket = this.socket;
    this.socket = null;
    this.answerBy = 0;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  #become(status) {
    this.status = status;
    this.onStatus(status);
  }
}
