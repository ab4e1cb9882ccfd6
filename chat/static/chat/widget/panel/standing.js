// Where the chat stands, between the log and the box: being asked, about to end, ended; and the quiet line about the
// connection.
import { el } from "./dom.js";
import { minutes } from "./wording.js";

const LONG_WAIT_S = 20;
const IDLE_NOTICE_S = 60;
const QUIET_MS = 1_500;

export function createStanding({ strings, now, onCancel, onLongWait, onStartOver }) {
  const clock = el("span", { class: "clock" });
  const waitingWords = el("p", {}, strings.waiting);
  const goOn = el("button", { type: "button", class: "quiet", "data-part": "wait", click: () => accept() }, strings.goOn);
  const cancel = el("button", { type: "button", class: "quiet", "data-part": "cancel", click: onCancel }, strings.cancel);
  const waiting = el(
    "div",
    { class: "standing waiting", hidden: true },
    el("span", { class: "pulse", "aria-hidden": "true" }),
    el("div", { class: "grow" }, waitingWords, clock),
    el("div", { class: "buttons" }, goOn, cancel),
  );
  const idle = el("div", { class: "standing idle", "data-part": "idle", hidden: true });
  const overWords = el("p", {});
  const again = el("button", { type: "button", class: "solid", "data-part": "again", click: onStartOver }, strings.startOver);
  const over = el("div", { class: "standing over", hidden: true }, overWords, again);
  const node = el("div", { "data-part": "state", "data-phase": "" }, waiting, idle, over);
  let state = null;
  let skew = 0;
  let acceptedAt = "";

  function accept() {
    acceptedAt = state?.waiting_since ?? "";
    tick();
    cancel.focus();
  }

  /** What follows from the passing of time; called every second while the panel is open. */
  function tick() {
    const time = now() + skew;
    const waited = state?.waiting_since ? (time - Date.parse(state.waiting_since)) / 1_000 : 0;
    clock.textContent = strings.waited(minutes(waited));
    const isLong = waited >= LONG_WAIT_S;
    const words = isLong ? strings.waitingLong : strings.waiting;
    if (waitingWords.textContent !== words) {
      waitingWords.textContent = words;
      if (isLong) onLongWait(words);
    }
    goOn.hidden = !isLong || acceptedAt === state?.waiting_since;
    const left = state?.phase === "active" && state.idle_at ? (Date.parse(state.idle_at) - time) / 1_000 : Infinity;
    idle.hidden = left > IDLE_NOTICE_S;
    if (!idle.hidden) idle.textContent = strings.idle(minutes(left));
  }

  function update({ view, isOver, hasNothing }) {
    state = view.state;
    skew = view.skew;
    node.dataset.phase = state?.phase ?? "";
    waiting.hidden = state?.phase !== "waiting";
    cancel.hidden = !state?.can.includes("cancel");
    over.hidden = !isOver && !hasNothing;
    again.hidden = hasNothing;
    overWords.textContent = hasNothing ? strings.nothing : strings.over_phase[state?.phase] ?? strings.over_phase.ended;
    tick();
  }

  return { node, update, tick };
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
