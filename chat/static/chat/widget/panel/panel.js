// The panel: puts its parts together and shows them what the session knows.
import { createAnnouncer } from "./announcer.js";
import { createAsk } from "./ask.js";
import { createAvatars } from "./avatar.js";
import { createComposer } from "./composer.js";
import { createCovering } from "./covering.js";
import { el } from "./dom.js";
import { createHeader } from "./header.js";
import { createBanner, createStanding } from "./standing.js";
import { createTranscript } from "./transcript.js";
import { awaitedAsk, isFromThem, may } from "./view.js";
import { OPEN_PHASES } from "./session.js";

/** `session` is what the panel shows and acts on; `onClose` and `onRead` tell what the visitor did. */
export function createPanel({ session, strings, wording, name, origin, env, launcher, root, onClose, onRead }) {
  const avatars = createAvatars(origin);
  const announcer = createAnnouncer(env);
  const header = createHeader({ strings, name, avatars, onClose, onEnd: () => session.end() });
  const banner = createBanner({ strings, env, onRetry: () => session.start({ show: true }) });
  const transcript = createTranscript({
    strings, wording, now: env.now, onReadable: () => onRead(),
    onRetry: (clientId) => session.retry(clientId),
    onDiscard: (clientId) => session.discard(clientId),
  });
  const ask = createAsk({ strings, answer: (...given) => session.answer(...given) });
  const typing = createTyping(strings);
  const standing = createStanding({ strings, now: env.now, onCancel: () => session.cancel(), onLongWait: announcer.say, onStartOver: () => session.startOver() });
  const composer = createComposer({ strings, send: (text) => session.post(text), typing: () => session.typing() });
  transcript.below.append(typing.node, ask.node);
  const node = el(
    "section",
    { class: "panel", id: "panel", role: "dialog", "aria-label": strings.panel(name), tabindex: "-1", hidden: true, "data-part": "panel" },
    header.node, banner.node, transcript.node, standing.node, announcer.node, composer.node,
  );
  const covering = createCovering({ panel: node, launcher, root });
  let shownPhase = "";
  let typingTimer = null;
  let ticking = null;

  // What had the focus may be gone: the panel keeps the place until there is something to go on with.
  function keepFocus(held, asked) {
    if (held && (!held.isConnected || held.closest("[hidden]"))) node.focus({ preventScroll: true });
    if (root.activeElement !== node || covering.isPhone()) return;
    if (!composer.input.disabled) composer.input.focus({ preventScroll: true });
    else if (asked && asked.input !== "choice") ask.focus();
  }

  function update() {
    const { view, status, queue } = session;
    const held = root.activeElement;
    const phase = view.state?.phase ?? "";
    const isOver = Boolean(phase) && !OPEN_PHASES.includes(phase);
    if (phase === "waiting" && shownPhase === "bot") announcer.say(strings.waiting);
    shownPhase = phase;
    const asked = awaitedAsk(view);
    const isAnswered = queue.items.some((item) => item.type === "answer" && item.card === asked?.card && !item.failed);
    header.update(headerLooks(view, phase, isOver));
    banner.update(status);
    transcript.update({ view, queued: queue.items, isConnected: status === "open", avatarOf: (row) => avatarOf(view, row) });
    ask.update({ ask: asked, isAnswered, refusal: session.refusal });
    standing.update({ view, isOver, hasNothing: session.hasNothing });
    composer.update(composerLooks(view, phase, isOver, asked));
    composer.node.hidden = isOver || session.hasNothing;
    showTyping(view, isAnswered);
    keepFocus(held, asked);
  }

  function headerLooks(view, phase, isOver) {
    const { active, waiting, over, bot } = strings.subtitle;
    const agent = view.state?.agent ?? null;
    const words = isOver ? over : phase === "waiting" ? waiting : agent ? active(name) : bot;
    const lastWord = view.messages.findLast((message) => message.kind === "text");
    return { agent, words, canEnd: may(view, "end"), unanswered: phase === "active" && lastWord?.author === "visitor" };
  }

  function composerLooks(view, phase, isOver, asked) {
    if (may(view, "post")) return { isOpen: true, placeholder: phase === "waiting" ? strings.writeWaiting : strings.write };
    const words = asked?.input === "choice" ? strings.choose : asked ? strings.fillIn : strings.write;
    return { isOpen: false, placeholder: isOver ? strings.over : words };
  }

  function avatarOf(view, row) {
    if (row.author !== "agent") return avatars.bot();
    const agent = view.state?.agent;
    return avatars.agent(agent?.name === row.name ? agent : { name: row.name });
  }

  // Three dots while the agent writes, and while the very first words are on their way.
  function showTyping(view, isAnswered) {
    env.clearTimeout(typingTimer);
    const left = view.typingUntil - env.now();
    const isStarting = !view.welcomed && !view.messages.length && session.status !== "stopped";
    const isThinking = isAnswered && view.state?.phase === "bot" && session.status === "open";
    typing.show(left > 0 ? view.state?.agent?.name || strings.assistant : isStarting || isThinking ? strings.assistant : "");
    if (left > 0) typingTimer = env.setTimeout(update, left);
  }

  function announce(arrived) {
    for (const message of arrived) {
      if (message.kind === "notice") announcer.say(strings.notice[message.notice]?.(message.name ?? "") ?? message.text);
      else if (isFromThem(message)) announcer.say(`${strings.said(message.name || strings.assistant)} ${message.text}`);
    }
  }

  function open({ focus }) {
    node.hidden = false;
    covering.set(true);
    update();
    transcript.toEnd();
    composer.fit();
    ticking ??= env.setInterval(() => standing.tick(), 1_000);
    // On a phone the box would bring up the keyboard over what there is to read.
    if (focus) (covering.isPhone() || composer.input.disabled ? node : composer.input).focus({ preventScroll: true });
  }

  function close() {
    const hadFocus = node.contains(root.activeElement);
    node.hidden = true;
    covering.set(false);
    env.clearInterval(ticking);
    ticking = null;
    if (hadFocus) launcher.focus({ preventScroll: true });
  }

  node.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing) return;
    event.stopPropagation();
    if (!header.fold()) onClose();
  });
  node.addEventListener("pointerdown", (event) => header.leave(event));

  function destroy() {
    close();
    covering.stop();
    transcript.stop();
    banner.stop();
    announcer.stop();
    env.clearTimeout(typingTimer);
    node.remove();
  }

  return {
    node, update, announce, open, close, destroy,
    alarm: announcer.alarm,
    isReading: () => !node.hidden && transcript.isAtEnd(),
  };
}

function createTyping(strings) {
  const words = el("span", { class: "unseen" });
  const node = el("div", { class: "typing", "data-part": "typing", hidden: true }, el("span", { class: "wave", "aria-hidden": "true" }, el("i"), el("i"), el("i")), words);
  return {
    node,
    show(name) {
      node.hidden = !name;
      words.textContent = name ? strings.typing(name) : "";
    },
  };
}
