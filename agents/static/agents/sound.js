const RING_EVERY = 3; // seconds
const RATE = 22_050;

/** Two tones, then silence up to `length` seconds, as samples; made here, so no file has to arrive first. */
export function tones(pitches, toneLength, length, loudness) {
  const samples = new Float32Array(Math.round(length * RATE));
  pitches.forEach((pitch, index) => {
    const from = Math.round(index * toneLength * RATE);
    const count = Math.round(toneLength * RATE);
    for (let n = 0; n < count; n += 1) {
      const time = n / RATE;
      // Swells and fades, so that it rings and doesn't click.
      const shape = Math.min(1, time / 0.02) * Math.exp(-time * 3.2) * Math.min(1, (count - n) / 400);
      const wave = Math.sin(2 * Math.PI * pitch * time) + 0.28 * Math.sin(4 * Math.PI * pitch * time);
      samples[from + n] += wave * shape * loudness;
    }
  });
  return samples;
}

/**
 * The bell. A browser lets a page ring only after a click or a key; `isReady` says whether it may. Of several tabs one
 * rings: the tab that holds the lock, which only tabs that may ring ask for.
 */
export class Bell {
  constructor({ owner, onChange, window: host = window }) {
    this.owner = owner;
    this.onChange = onChange;
    this.host = host;
    this.context = null;
    this.isRinger = false;
    this.source = null;
    this.isWanted = false;
    this.ringsElsewhere = false;
  }

  get isReady() {
    return this.context?.state === "running";
  }

  /** Whether no tab of this agent can be heard. */
  get isSilent() {
    return !this.isReady && !this.ringsElsewhere;
  }

  /** Tries to make sound possible; succeeds at once where the browser trusts the site, else at the first gesture. */
  prime() {
    const unlock = () => this.unlock();
    for (const name of ["pointerdown", "keydown"]) this.host.addEventListener(name, unlock, { capture: true });
    this.unlock();
    this.lookAround();
  }

  unlock() {
    const Context = this.host.AudioContext ?? this.host.webkitAudioContext;
    if (!Context || this.isReady) return;
    if (!this.context) {
      this.context = new Context();
      this.context.onstatechange = () => this.#changed();
    }
    // Without a gesture the promise stays open or is refused; `onstatechange` tells the outcome.
    this.context.resume?.().catch(() => this.onChange());
    this.#changed();
  }

  /** Asks whether another tab is able to ring. */
  async lookAround() {
    const locks = this.host.navigator.locks;
    const held = locks ? (await locks.query()).held : [];
    const isHeld = held.some((lock) => lock.name === this.#lockName);
    const elsewhere = isHeld && !this.isRinger;
    if (elsewhere === this.ringsElsewhere) return;
    this.ringsElsewhere = elsewhere;
    this.onChange();
  }

  /** Rings every 3 seconds until told to stop. One looping sound: no timer that a hidden tab would slow down. */
  ring(isWanted) {
    this.isWanted = isWanted;
    this.#apply();
  }

  /** Once and softly: a message that isn't in view. */
  chime() {
    if (this.isReady && this.isRinger && !this.source) this.#play(tones([880, 1175], 0.12, 0.4, 0.12), false);
  }

  get #lockName() {
    return `switchboard:${this.owner}:bell`;
  }

  #changed() {
    if (this.isReady) this.#stand();
    this.#apply();
    this.onChange();
  }

  /** Stands for election; the lock is kept until the tab closes, then the next tab has it. */
  #stand() {
    if (this.isStanding) return;
    this.isStanding = true;
    const locks = this.host.navigator.locks;
    const win = () => {
      this.isRinger = true;
      this.ringsElsewhere = false;
      this.#apply();
      return new Promise(() => {});
    };
    if (locks) locks.request(this.#lockName, win);
    else win();
  }

  #apply() {
    const shouldRing = this.isWanted && this.isRinger && this.isReady;
    if (shouldRing && !this.source) this.source = this.#play(tones([659.25, 880], 0.42, RING_EVERY, 0.4), true);
    if (!shouldRing && this.source) {
      this.source.stop();
      this.source = null;
    }
  }

  #play(samples, isLooping) {
    const buffer = this.context.createBuffer(1, samples.length, RATE);
    buffer.copyToChannel(samples, 0);
    const source = this.context.createBufferSource();
    source.buffer = buffer;
    source.loop = isLooping;
    source.connect(this.context.destination);
    source.start();
    return source;
  }
}
