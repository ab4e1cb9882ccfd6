// While a human is asked: how long it has been, and after 20 seconds the ways out (LC-27). And the clock of a chat that is
// about to end because nobody writes.
import { el } from "../panel/dom.js";
import { may } from "../panel/view.js";
import { minutes } from "../panel/wording.js";

const LONG_WAIT_S = 20;
const IDLE_NOTICE_S = 60;
const TICK_MS = 1_000;

export function createWaiting({ strings, session, panel, env }) {
  const clock = el("span", { class: "clock" });
  const words = el("p", {}, strings.waiting);
  const goOn = button("wait", strings.goOn, () => accept());
  const leave = button("leave", strings.leave, () => turn(true));
  const cancel = button("cancel", strings.cancel, () => session.cancel());
  const choices = el("div", { class: "buttons" }, goOn, leave, cancel);
  const form = drawForm();
  const waiting = el(
    "div", { class: "standing waiting", hidden: true },
    el("span", { class: "pulse", "aria-hidden": "true" }), el("div", { class: "grow" }, words, clock), choices, form.node,
  );
  const idle = el("div", { class: "standing idle", "data-part": "idle", hidden: true });
  const node = el("div", {}, waiting, idle);
  let state = null;
  let acceptedAt = "";
  let ticking = null;

  function button(part, label, click) {
    return el("button", { type: "button", class: "quiet", "data-part": part, click }, label);
  }

  function drawForm() {
    const input = el("input", {
      id: "leave-email", type: "email", inputmode: "email", autocomplete: "email", autocapitalize: "none", spellcheck: "false",
      maxlength: "254", enterkeyhint: "send", "data-part": "leave-email", "aria-describedby": "leave-reason",
    });
    const reason = el("p", { class: "reason", id: "leave-reason", role: "alert", hidden: true });
    const back = button("leave-back", strings.leaveBack, () => turn(false));
    const send = el("button", { type: "submit", class: "solid", "data-part": "leave-send" }, strings.leaveSend);
    const label = el("label", { for: "leave-email" }, strings.leaveField);
    const form = el("form", { class: "field leave", novalidate: true, hidden: true, submit }, label, input, reason, el("div", { class: "buttons" }, back, send));
    input.addEventListener("input", () => say(""));

    function submit(event) {
      event.preventDefault();
      const email = input.value.trim();
      if (!email) say(strings.leaveEmpty);
      else if (session.contact(email)) send.disabled = true;
      else say(strings.offline);
    }

    function say(text) {
      reason.hidden = !text;
      reason.textContent = text;
      send.disabled = false;
      input.setAttribute("aria-invalid", String(Boolean(text)));
    }

    return { node: form, input, say };
  }

  // What the server has against the address is said at the field, and the text stays.
  const { refuse } = panel;
  panel.refuse = (detail) => {
    if (form.node.hidden) return refuse(detail);
    form.say(detail.text);
    return form.input.focus();
  };

  function turn(isLeaving) {
    form.node.hidden = !isLeaving;
    choices.hidden = isLeaving;
    (isLeaving ? form.input : leave).focus();
  }

  function accept() {
    acceptedAt = state?.waiting_since ?? "";
    tick();
    cancel.focus();
  }

  function tick() {
    const time = env.now() + session.view.skew;
    const waited = state?.waiting_since ? (time - Date.parse(state.waiting_since)) / 1_000 : 0;
    clock.textContent = strings.waited(minutes(waited));
    const isLong = waited >= LONG_WAIT_S;
    const now = isLong ? strings.waitingLong : strings.waiting;
    if (words.textContent !== now) {
      words.textContent = now;
      if (isLong) panel.say(now);
    }
    const isAsked = isLong && acceptedAt !== state?.waiting_since;
    goOn.hidden = !isAsked;
    leave.hidden = !isLong || !may(session.view, "contact");
    const left = state?.phase === "active" && state.idle_at ? (Date.parse(state.idle_at) - time) / 1_000 : Infinity;
    idle.hidden = left > IDLE_NOTICE_S;
    if (!idle.hidden) idle.textContent = strings.idle(minutes(left));
  }

  function update(view) {
    const before = state?.phase;
    state = view.state;
    waiting.hidden = state?.phase !== "waiting";
    cancel.hidden = !may(view, "cancel");
    if (before === "waiting" && waiting.hidden) {
      form.node.hidden = true;
      choices.hidden = false;
      form.say("");
    }
    tick();
    run(!panel.node.hidden && (!waiting.hidden || Boolean(state?.idle_at)));
  }

  function run(isNeeded) {
    if (isNeeded) ticking ??= env.setInterval(tick, TICK_MS);
    else stop();
  }

  function stop() {
    env.clearInterval(ticking);
    ticking = null;
  }

  return { node, update, stop };
}
