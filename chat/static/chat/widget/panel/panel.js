// The panel: puts its parts together and shows them what the session knows.
import { createAnnouncer } from "./announcer.js";
import { createAsk } from "./ask.js";
import { createAvatars } from "./avatar.js";
import { createComposer } from "./composer.js";
import { createCovering } from "./covering.js";
import { el, icon } from "./dom.js";
import { createHeader } from "./header.js";
import { createPace } from "./pace.js";
import { createBanner, createStanding } from "./standing.js";
import { createTranscript } from "./transcript.js";
import { safeAddress } from "./text.js";
import { awaitedAsk, isFromThem, may } from "./view.js";
import { OPEN_PHASES } from "./session.js";

const CALM = "(prefers-reduced-motion: reduce)";

/**
 * `session` is what the panel shows and acts on. `wantMore()` resolves to what comes after the first message;
 * `onClose`, `onRead` and `announced` tell what the visitor did and was shown.
 */
export function createPanel({ session, strings, wording, config, origin, env, launcher, wantMore, onClose, onRead, announced }) {
  const { name } = config;
  const avatars = createAvatars(origin, env.ask, config.avatar);
  const announcer = createAnnouncer(env);
  const header = createHeader({ strings, name, avatars, onClose, onMenu: async () => (await wantMore())?.fillMenu });
  const banner = createBanner({ strings, env, onRetry: () => session.start({ show: true }) });
  const transcript = createTranscript({
    strings, wording, now: env.now, encode: env.encode, drawAttached, onReadable: () => onRead(),
    onRetry: (clientId) => session.retry(clientId),
    onDiscard: (clientId) => session.discard(clientId),
  });
  const ask = createAsk({ strings, answer: (...given) => session.answer(...given) });
  const typing = createTyping(strings);
  const standing = createStanding({ strings, onStartOver: () => session.startOver() });
  const composer = createComposer({ strings, send: (text) => session.post(text), typing: () => session.typing() });
  const isCalm = () => matchMedia(CALM).matches;
  const pace = createPace({ delay: config.delay, env, isCalm, onTurn: (shown) => (update(), announce(shown)) });
  transcript.below.append(typing.node, ask.node);
  const node = el(
    "section",
    { class: "panel", id: "panel", dir: strings.direction, role: "dialog", "aria-label": strings.panel(name), tabindex: "-1", hidden: true, "data-part": "panel" },
    header.node, banner.node, transcript.node, standing.node, announcer.node, composer.node, drawFoot(),
  );
  const covering = createCovering({ panel: node, launcher });
  // What `more` adds: each is called after every change.
  const watchers = [];
  let shownPhase = "";
  let typingTimer = null;
  let isInline = false;

  const focused = () => node.getRootNode().activeElement;

  // What had the focus may be gone: the panel keeps the place until there is something to go on with.
  function keepFocus(held, asked) {
    if (held && node.contains(held) && held.closest("[hidden]")) node.focus({ preventScroll: true });
    if (held && !held.isConnected) node.focus({ preventScroll: true });
    if (focused() !== node || covering.isPhone()) return;
    if (!composer.input.disabled) composer.input.focus({ preventScroll: true });
    else if (asked && asked.input !== "choice") ask.focus();
  }

  function update() {
    const { status, queue } = session;
    const view = { ...session.view, messages: pace.shown(session.view.messages) };
    const held = focused();
    const phase = view.state?.phase ?? "";
    const isOver = Boolean(phase) && !OPEN_PHASES.includes(phase) && !pace.isBusy();
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
    for (const watch of watchers) watch(view);
    showTyping(view, isAnswered);
    if (!node.hidden) keepFocus(held, asked);
  }

  function headerLooks(view, phase, isOver) {
    const { active, waiting, over, bot } = strings.subtitle;
    const agent = view.state?.agent ?? null;
    return { agent, words: isOver ? over : phase === "waiting" ? waiting : agent ? active(name) : bot };
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

  // A document or a file: its name and size at once, the rest when it is looked at.
  function drawAttached({ document: shown, file }) {
    const size = wording.size((shown ?? file).size);
    const kind = shown ? strings.documentKind(shown.pages, size) : size;
    const open = el(
      "button",
      { type: "button", class: "file", "data-part": shown ? "document" : "file", "data-card": shown?.card, click: async () => (await wantMore())?.openAttached(shown, file, open) },
      icon("file"), el("span", {}, el("b", { dir: "auto" }, (shown ?? file).name), el("small", {}, kind)),
    );
    const box = el("span", { class: "attachment" }, open);
    if (file?.width) void wantMore().then((more) => more?.showPicture(file, box));
    return box;
  }

  function drawFoot() {
    const href = safeAddress(config.privacy);
    return href && el("p", { class: "foot" }, el("a", { href, target: "_blank", rel: "noopener noreferrer", "data-part": "privacy" }, strings.privacy));
  }

  // Three dots while the agent writes, before the next card, and while the very first words are on their way.
  function showTyping(view, isAnswered) {
    env.clearTimeout(typingTimer);
    const left = view.typingUntil - env.now();
    const isStarting = !view.welcomed && !view.messages.length && session.status !== "stopped";
    const isThinking = isAnswered && view.state?.phase === "bot" && session.status === "open";
    const isBot = isStarting || isThinking || pace.isBusy();
    typing.show(left > 0 ? view.state?.agent?.name || strings.assistant : isBot ? strings.assistant : "");
    if (left > 0) typingTimer = env.setTimeout(update, left);
  }

  function take(arrived, isWatched) {
    const shown = pace.take(arrived, isWatched);
    update();
    if (isWatched) announce(shown);
  }

  function announce(arrived) {
    for (const message of arrived) {
      if (message.kind === "notice") announcer.say(strings.notice[message.notice]?.(message.name ?? "") ?? message.text);
      else if (isFromThem(message)) announcer.say(`${strings.said(message.name || strings.assistant)} ${message.text}`);
    }
    announced(arrived);
  }

  function open({ focus, isInline: inside = false }) {
    isInline = inside;
    node.hidden = false;
    covering.set(!isInline);
    update();
    transcript.toEnd();
    composer.fit();
    // On a phone the box would bring up the keyboard over what there is to read.
    if (focus) (covering.isPhone() || composer.input.disabled ? node : composer.input).focus({ preventScroll: true });
  }

  function close() {
    const hadFocus = node.contains(focused());
    pace.flush();
    node.hidden = true;
    covering.set(false);
    for (const watch of watchers) watch(session.view);
    if (hadFocus) launcher.focus({ preventScroll: true });
  }

  node.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing) return;
    event.stopPropagation();
    if (!header.fold() && !isInline) onClose();
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
    node, header, standing, composer, transcript, update, take, open, close, destroy, watchers,
    say: announcer.say,
    alarm: announcer.alarm,
    refuse: ({ text }) => announcer.alarm(text),
    forget: () => pace.flush(),
    prefill(text) {
      composer.input.value = text;
      composer.fit();
    },
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
