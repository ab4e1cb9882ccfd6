// Says to screen readers what is new: the words themselves, once, and at most once a second.
import { el } from "./dom.js";

const BATCH_MS = 1_000;
const MOST = 3;

export function createAnnouncer(env) {
  const polite = el("div", { class: "unseen", "aria-live": "polite", "data-part": "announcer" });
  const urgent = el("div", { class: "unseen", role: "alert" });
  const node = el("div", {}, polite, urgent);
  let waiting = [];
  let timer = null;

  function say(sentence) {
    waiting.push(sentence);
    timer ??= env.setTimeout(() => {
      timer = null;
      polite.replaceChildren(...waiting.slice(-MOST).map((words) => el("p", {}, words)));
      waiting = [];
    }, BATCH_MS);
  }

  return { node, say, alarm: (sentence) => { urgent.textContent = sentence; }, stop: () => env.clearTimeout(timer) };
}
