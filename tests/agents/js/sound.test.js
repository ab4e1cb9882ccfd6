import assert from "node:assert/strict";
import { test } from "node:test";

import { Bell, soundOf } from "../../../agents/static/agents/sound.js";

const CHOICE = { offer: "bell", message: "chime", volume: 70 };

/** A browser that lets pages ring, and notes what they play. */
function makeHost() {
  const played = [];
  class AudioContext {
    state = "running";
    resume = async () => {};
    createBuffer(_channels, length) {
      return { length, copyToChannel(samples) {
        this.peak = Math.max(...samples);
      } };
    }
    createBufferSource() {
      const source = { connect() {}, start: () => played.push(source), stop: () => (source.isStopped = true) };
      return source;
    }
  }
  return { played, AudioContext, navigator: {}, addEventListener() {} };
}

function makeBell(choice) {
  const host = makeHost();
  const bell = new Bell({ owner: 7, onChange: () => {}, choice, window: host });
  bell.unlock();
  return { bell, played: host.played };
}

test("the volume is what ears call half, and zero is silence (LC-47)", () => {
  const at = (volume) => soundOf("offer", { ...CHOICE, volume })?.loudness ?? 0;
  assert.equal(at(0), 0);
  assert.equal(at(50), at(100) / 4);
  assert.ok(at(100) <= 0.75);
});

test("each choice has a sound of its own, and none has none (LC-47)", () => {
  const offers = ["bell", "rise", "knock", "deep"].map((offer) => soundOf("offer", { ...CHOICE, offer }).pitches);
  const messages = ["chime", "drop", "tick"].map((message) => soundOf("message", { ...CHOICE, message }).pitches);
  assert.equal(new Set([...offers, ...messages].map(String)).size, 7);
  assert.equal(soundOf("offer", { ...CHOICE, offer: "none" }), null);
  assert.equal(soundOf("message", { ...CHOICE, message: "none" }), null);
});

test("a bell that rings goes on with the sound that is chosen meanwhile (LC-47)", () => {
  const { bell, played } = makeBell(CHOICE);
  bell.ring(true);
  bell.choose({ ...CHOICE, volume: 20 });
  assert.equal(played.length, 2);
  assert.ok(played[0].isStopped && played[1].loop && !played[1].isStopped);
  assert.ok(played[1].buffer.peak < played[0].buffer.peak / 4);
  bell.choose({ ...CHOICE, offer: "none" });
  assert.ok(played[1].isStopped);
  assert.equal(played.length, 2);
});

test("a message makes the sound that was chosen for it, or none (LC-47)", () => {
  const { bell, played } = makeBell({ ...CHOICE, message: "none" });
  bell.chime();
  assert.equal(played.length, 0);
  bell.choose(CHOICE);
  bell.chime();
  assert.equal(played.length, 1);
  assert.ok(!played[0].loop);
});

test("a choice can be heard before it is saved, and silence says so (LC-47)", async () => {
  const { bell, played } = makeBell({ ...CHOICE, offer: "none" });
  assert.equal(await bell.try("offer", { ...CHOICE, offer: "deep" }), true);
  assert.equal(played.length, 1);
  assert.equal(await bell.try("offer", { ...CHOICE, volume: 0 }), false);
  assert.equal(played.length, 1);
});

test("who chose no sound isn't told that the sound is off", () => {
  const bell = new Bell({ owner: 7, onChange: () => {}, choice: CHOICE, window: makeHost() });
  assert.equal(bell.isSilent, true);
  bell.choose({ ...CHOICE, offer: "none" });
  assert.equal(bell.isSilent, false);
});
