// A short tone for what comes in: armed by the first gesture, in one tab only, at most once in three seconds, and never
// where the visitor or the admin doesn't want it. Made here, so no file is fetched.

const REST_MS = 3_000;
const TONES_HZ = [660, 880];
const TONE_S = 0.14;
const VOLUME = 0.08;
const GESTURES = ["pointerdown", "keydown"];

export function createSound({ config, memory, env, panel, emit }) {
  let audio = null;
  const isMuted = () => Boolean(memory.get("muted"));

  function arm() {
    disarm();
    try {
      audio = new AudioContext();
    } catch {
      // No audio here.
    }
  }

  function disarm() {
    for (const gesture of GESTURES) window.removeEventListener(gesture, arm, true);
  }

  if (config.sounds) {
    if (navigator.userActivation?.hasBeenActive) arm();
    else for (const gesture of GESTURES) window.addEventListener(gesture, arm, true);
  }

  // Whoever holds the lock plays; it is held until the next tone may sound.
  function play() {
    if (!audio || isMuted()) return;
    const rest = (sounding) => sounding && (ring(), new Promise((done) => env.setTimeout(done, REST_MS)));
    if (env.locks) env.locks.request("switchboard:sound", { ifAvailable: true }, rest).catch(() => {});
    else ring();
  }

  function ring() {
    void audio?.resume();
    TONES_HZ.forEach((frequency, place) => {
      const at = audio.currentTime + place * TONE_S;
      const tone = new OscillatorNode(audio, { frequency });
      const volume = new GainNode(audio, { gain: 0 });
      volume.gain.setValueAtTime(0, at);
      volume.gain.linearRampToValueAtTime(VOLUME, at + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.001, at + TONE_S * 2);
      tone.connect(volume).connect(audio.destination);
      tone.start(at);
      tone.stop(at + TONE_S * 2);
    });
    panel.node.dataset.sounded = String(Number(panel.node.dataset.sounded ?? 0) + 1);
  }

  return {
    play, isMuted,
    mute(muted) {
      memory.set("muted", muted || null);
      emit("mute", { muted });
    },
    stop() {
      disarm();
      void audio?.close();
      audio = null;
    },
  };
}
