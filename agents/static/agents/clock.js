/** The server's time on this machine, whose own clock may be wrong by minutes; countdowns are told by it. */
export class ServerClock {
  constructor(now = () => Date.now()) {
    this.local = now;
    this.offset = 0;
    this.error = Infinity;
  }

  /** A time that the server wrote between `sent` and `got`, both in local milliseconds; the tightest pair wins. */
  learn(serverTime, sent, got) {
    const error = Math.max(1, (got - sent) / 2);
    // Clocks drift, so an old good measure slowly loses against new ones.
    this.error *= 1.1;
    if (error > this.error) return;
    this.error = error;
    this.offset = Date.parse(serverTime) - (sent + got) / 2;
  }

  now() {
    return this.local() + this.offset;
  }

  /** Milliseconds until a time of the server's, never below 0. */
  until(serverTime) {
    return Math.max(0, Date.parse(serverTime) - this.now());
  }
}
