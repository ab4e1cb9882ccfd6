// Where the chat stands, between the log and the box: that it is over, and the quiet line about the connection. What
// belongs to waiting for a human and to a chat that is about to end comes with `more`.
import { el } from "./dom.js";

const QUIET_MS = 1_500;

export function createStanding({ strings, onStartOver }) {
  const words = el("p", {});
  const again = el("button", { type: "button", class: "solid", "data-part": "again", click: onStartOver }, strings.startOver);
  const over = el("div", { class: "standing over", hidden: true }, words, again);
  const node = el("div", { "data-part": "state", "data-phase": "" }, over);

  function update({ view, isOver, hasNothing }) {
    const phase = view.state?.phase ?? "";
    node.dataset.phase = phase;
    over.hidden = !isOver && !hasNothing;
    again.hidden = hasNothing;
    words.textContent = hasNothing ? strings.nothing : strings.over_phase[phase] ?? strings.over_phase.ended;
  }

  return { node, update };
}

/** The line under the header while there is no connection. It waits a moment: most drops heal before anybody looks. */
export function createBanner({ strings, env, onRetry }) {
  const words = el("span", {});
  const looks = { type: "button", class: "link", "data-part": "reconnect", hidden: true, click: onRetry };
  const retry = el("button", looks, strings.stoppedRetry);
  const node = el("div", { class: "banner", "data-part": "banner", role: "status", hidden: true }, words, retry);
  let timer = null;
  let current = "off";

  function update(status) {
    current = status;
    if (status === "open" || status === "off") return rest();
    if (status === "stopped" || !node.hidden) return show();
    // Not begun anew with every try, or a line that fails quickly would never be spoken of.
    timer ??= env.setTimeout(show, QUIET_MS);
    return undefined;
  }

  function rest() {
    stop();
    node.hidden = true;
  }

  function stop() {
    env.clearTimeout(timer);
    timer = null;
  }

  function show() {
    stop();
    const isStopped = current === "stopped";
    const reason = navigator.onLine === false ? strings.offline : strings.reconnecting;
    words.textContent = isStopped ? strings.stopped : reason;
    retry.hidden = !isStopped;
    node.hidden = false;
  }

  return { node, update, stop };
}
