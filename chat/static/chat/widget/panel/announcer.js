// Says to screen readers what is new: the words themselves, once, and at most once a second. What was refused is said at
// once, and shown to everybody for a while.
import { el } from "./dom.js";

const BATCH_MS = 1_000;
const MOST = 3;
const ALARM_MS = 8_000;

export function createAnnouncer(env) {
  const polite = el("div", { class: "unseen", "aria-live": "polite", "data-part": "announcer" });
  const urgent = el("div", { class: "alarm", role: "alert", "data-part": "alarm" });
  const node = el("div", {}, polite, urgent);
  let waiting = [];
  let timer = null;
  let alarmTimer = null;

  function say(sentence) {
    waiting.push(sentence);
    timer ??= env.setTimeout(() => {
      timer = null;
      polite.replaceChildren(...waiting.slice(-MOST).map((words) => el("p", {}, words)));
      waiting = [];
    }, BATCH_MS);
  }

  function alarm(sentence) {
    urgent.textContent = sentence;
    env.clearTimeout(alarmTimer);
    alarmTimer = env.setTimeout(() => urgent.replaceChildren(), ALARM_MS);
  }

  function stop() {
    env.clearTimeout(timer);
    env.clearTimeout(alarmTimer);
  }

  return { node, say, alarm, stop };
}
