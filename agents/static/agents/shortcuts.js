/** So long the second key of a pair may take, milliseconds. */
const PAIR_WITHIN = 1_500;

/** What each key does, by its name; two keys are pressed one after the other. */
export const SHORTCUTS = {
  j: "next",
  k: "previous",
  r: "reply",
  n: "note",
  "/": "canned",
  a: "attach",
  t: "transfer",
  e: "end",
  E: "end_next",
  z: "undo_end",
  "[": "panel",
  "g i": "go_inbox",
  "g b": "go_board",
  "g s": "go_settings",
  "?": "sheet",
};

/** Turns keys into what they mean: nothing while somebody writes, and nothing with Ctrl, Alt or the like. */
export class Keys {
  constructor(now = () => Date.now()) {
    this.now = now;
    this.first = "";
    this.firstAt = 0;
  }

  /** The shortcut that this key completes, or empty. `isBusy`: a field or a dialogue has the keys. */
  press(event, { isOn = true, isBusy = false } = {}) {
    const key = isOn && !isBusy ? keyOf(event) : "";
    const isPair = this.first && this.now() - this.firstAt < PAIR_WITHIN;
    const meant = isPair ? SHORTCUTS[`${this.first} ${key}`] : "";
    this.first = "";
    if (meant) return meant;
    if (key === "g") {
      this.first = key;
      this.firstAt = this.now();
    }
    return SHORTCUTS[key] ?? "";
  }
}

function keyOf(event) {
  if (event.isComposing || event.repeat || event.metaKey || event.defaultPrevented) return "";
  // Many keyboards have signs like [ only with Alt or AltGr, which some systems call Ctrl+Alt.
  if (/^[a-z]$/i.test(event.key)) return event.ctrlKey || event.altKey ? "" : letterOf(event);
  return event.ctrlKey && !event.altKey ? "" : event.key;
}

/** A capital is one by Shift, whatever the Caps Lock says. */
function letterOf({ key, shiftKey }) {
  return shiftKey ? key.toUpperCase() : key.toLowerCase();
}

/** Whether it opens the command bar: Ctrl+K, or Cmd+K where Ctrl+K is the system's own. It isn't a single key. */
export function isCommandKey(event, { isMac = false } = {}) {
  const isHeld = isMac ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey;
  if (!isHeld || event.altKey || event.shiftKey || event.repeat || event.isComposing) return false;
  // By its place where the keyboard writes no Latin letters.
  return event.key.toLowerCase() === "k" || (event.code === "KeyK" && !/^[a-z]$/i.test(event.key));
}

/** The place in a list of so many that a step leads to; from nowhere to the first or the last. */
export function stepFrom(at, step, count) {
  if (!count) return -1;
  if (at < 0) return step > 0 ? 0 : count - 1;
  return Math.min(count - 1, Math.max(0, at + step));
}
