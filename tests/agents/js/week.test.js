import assert from "node:assert/strict";
import { test } from "node:test";

import { coveredMinutes, isOverMidnight, readPreset, writeHours } from "../../../agents/static/agents/week.js";

test("presets say days and spans (LC-11)", () => {
  const week = { weekdays: [0, 1, 2, 3, 4], spans: [["08:00", "12:00"], ["13:00", "17:00"]] };
  assert.deepEqual(readPreset("0-4 08:00-12:00 13:00-17:00"), week);
  assert.deepEqual(readPreset("0,2,5-6 00:00-00:00"), { weekdays: [0, 2, 5, 6], spans: [["00:00", "00:00"]] });
  assert.deepEqual(readPreset("0-6"), { weekdays: [0, 1, 2, 3, 4, 5, 6], spans: [] });
});

test("minutes count once, to midnight, and only where they can be (LC-11)", () => {
  assert.equal(coveredMinutes([[["08:00", "12:00"], ["13:00", "17:30"]]]), 510);
  assert.equal(coveredMinutes([[["13:00", "17:00"], ["08:00", "14:00"], ["09:00", "10:00"]]]), 540);
  assert.equal(coveredMinutes([[["00:00", "00:00"]], [["00:00", "00:00"]]]), 2880);
  assert.equal(coveredMinutes([[["22:00", "00:00"]]]), 120);
  assert.equal(coveredMinutes([[["09:00", "09:00"], ["09:00", ""], ["", ""]]]), 0);
});

test("a night counts whole, once where the next day has it too, and from Sunday into Monday (LC-11)", () => {
  assert.equal(coveredMinutes([[["22:00", "06:00"]], []]), 480);
  assert.equal(coveredMinutes([[["22:00", "06:00"]], [["05:00", "07:00"]]]), 540);
  assert.equal(coveredMinutes([[["05:00", "07:00"]], [], [], [], [], [], [["22:00", "06:00"]]]), 540);
});

test("only what ends before it starts is over midnight (LC-11)", () => {
  const spans = [["22:00", "06:00"], ["22:00", "00:00"], ["06:00", "22:00"], ["09:00", "09:00"], ["22:00", ""]];
  assert.deepEqual(spans.map(isOverMidnight), [true, false, false, false, false]);
});

test("hours are written in the page's language", () => {
  assert.deepEqual([writeHours(2250, "en"), writeHours(2250, "sv"), writeHours(0, "en")], ["37.5", "37,5", "0"]);
});
