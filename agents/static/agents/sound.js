const RING_EVERY = 3; // seconds
const RATE = 22_050;
// At full volume; a bell and its overtone then just stay below what a loudspeaker is given at most.
const LOUDEST = 0.75;
const DEFAULTS = { offer: "bell", message: "chime", volume: 70 };

/** Each by its pitches (hertz) and the length of a tone (seconds). A message is softer: it isn't a call. */
const OFFERS = {
  bell: { pitches: [659.25, 880], length: 0.42, share: 1 },
  rise: { pitches: [523.25, 659.25, 783.99], length: 0.24, share: 1 },
  knock: { pitches: [740, 740, 740], length: 0.18, share: 1 },
  deep: { pitches: [392, 523.25], length: 0.5, share: 1 },
};
const MESSAGES = {
  chime: { pitches: [880, 1175], length: 0.12, share: 0.3 },
  drop: { pitches: [1318.5, 987.77], length: 0.1, share: 0.3 },
  tick: { pitches: [1567.98], length: 0.08, share: 0.3 },
};

/** What an agent's choice sounds like; null for none. Ears hear the square of a number as half as loud. */
export function soundOf(kind, choice) {
  const sound = (kind === "offer" ? OFFERS : MESSAGES)[choice[kind]];
  const loudness = LOUDEST * (choice.volume / 100) ** 2;
  return sound && loudness > 0 ? { ...sound, loudness: loudness * sound.share } : null;
}

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

/** The samples of a sound, at least as long as itself. */
function tonesOf({ pitches, length, loudness }, atLeast = 0) {
  return tones(pitches, length, Math.max(atLeast, pitches.length * length), loudness);
}

/**
 * The bell. A browser lets a page ring only after a click or a key; `isReady` says whether it may. Of several tabs one
 * rings: the tab that holds the lock, which only tabs that may ring ask for.
 */
export class Bell {
  constructor({ owner, onChange, choice = DEFAULTS, window: host = window }) {
    this.owner = owner;
    this.choice = choice;
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

  /** Whether no tab of this agent can be heard, though the agent wants to hear. */
  get isSilent() {
    return Boolean(soundOf("offer", this.choice)) && !this.isReady && !this.ringsElsewhere;
  }

  /** Takes another choice of sounds; a bell that rings goes on with the new one. */
  choose(choice) {
    this.choice = choice;
    this.#stop();
    this.#apply();
    this.onChange();
  }

  /** Once, in this tab, whoever else may ring: what a choice sounds like. Says whether it could be heard. */
  async try(kind, choice) {
    this.unlock();
    await this.context?.resume?.().catch(() => {});
    const sound = soundOf(kind, choice);
    if (!sound || !this.isReady) return false;
    this.#play(tonesOf(sound), false);
    return true;
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
    const sound = soundOf("message", this.choice);
    if (sound && this.isReady && this.isRinger && !this.source) this.#play(tonesOf(sound), false);
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
    const sound = soundOf("offer", this.choice);
    const shouldRing = sound && this.isWanted && this.isRinger && this.isReady;
    if (shouldRing && !this.source) this.source = this.#play(tonesOf(sound, RING_EVERY), true);
    if (!shouldRing) this.#stop();
  }

  #stop() {
    this.source?.stop();
    this.source = null;
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
