// The chat as the snippet sees it: open, close, resume, start a flow, forget, destroy.
import { createPanel } from "./panel.js";
import { OPEN_PHASES, Session } from "./session.js";
import { PANEL_STYLES } from "./styles.js";
import { createTelling } from "./telling.js";
import { createWording } from "./wording.js";

const FAILED_UPGRADES = 2;

/**
 * `context` is what the snippet gives: the button, memory, tabs, sessions, the configuration, and how to reach the server,
 * the page and who listens there.
 */
export function createChat(context) {
  const { config, origin, launcher, memory, tabs, sessions, strings, language, emit, onClosed, onChange } = context;
  const env = browser(context);
  const sheets = [];
  addStyles(themed(PANEL_STYLES, config.theme));
  let isOpen = false;
  let unread = 0;
  let conversation = "";
  let look = "chatbot";
  let extras = null;

  const loadMore = context.load(context.more);
  const telling = createTelling({ memory, sessions, emit, getDialogue: context.getDialogue, getUi: () => look });
  const session = new Session({
    url: `${origin.replace(/^http/, "ws")}/ws/visitor/`, memory, tabs, env, language, page: context.here, who: context.who,
    onChange: changed, onEvent: told,
  });
  const panel = createPanel({
    session, strings, config, env, wording: createWording(language, strings), origin,
    launcher: launcher.button, wantMore, onClose: () => close(), onRead: read, announced,
  });
  launcher.frame.append(panel.node);
  launcher.show({ words: strings.button });

  function addStyles(text) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    sheets.push(sheet);
    launcher.root.adoptedStyleSheets = [...launcher.root.adoptedStyleSheets, sheet];
  }

  /** Brings in what comes after the first message, or null while there is no network. */
  async function wantMore() {
    try {
      const { createMore, moreStrings } = await loadMore();
      extras ??= createMore({
        ...context, strings: { ...strings, ...moreStrings }, session, panel, env, sheets, origin,
        addStyles: (text) => addStyles(themed(text, config.theme)),
        onLook: (now) => { look = now; },
      });
      return extras;
    } catch {
      return null;
    }
  }

  // The network lets no socket through: the same frames go by plain requests from now on.
  env.createSocket = async (url, failures, hello) => {
    const usePolling = failures >= FAILED_UPGRADES || sessions.has("closed", "sockets");
    const more = usePolling && (await wantMore());
    return more ? more.createPolling(url, hello) : new env.WebSocket(url);
  };

  function changed(arrived) {
    telling.observe(session.view);
    panel.take(arrived, isOpen);
    read();
    for (const { author, seq, kind } of arrived) {
      if (author !== "visitor") emit("message:received", { ...telling.describe(), author, seq, kind });
    }
    count(arrived);
    const { state } = session.view;
    // Done where it was shown inside the page: the button is for what comes next.
    if (look === "inline" && state && !OPEN_PHASES.includes(state.phase)) launcher.show({ away: false });
    if (state && (state.phase !== "bot" || session.view.messages.some((message) => message.author === "visitor"))) void wantMore();
    if (session.view.conversation === conversation) return;
    conversation = session.view.conversation;
    onChange();
  }

  function announced(arrived) {
    if (arrived.some((message) => message.author !== "visitor")) extras?.sound();
  }

  function count(arrived = []) {
    if (session.unread === unread) return;
    unread = session.unread;
    launcher.show({ unread });
    emit("unread", { count: unread });
    if (unread) void wantMore().then((more) => more?.unread(unread, isOpen ? [] : arrived));
    else extras?.unread(0, []);
  }

  function told(event, detail) {
    if (event === "refused") {
      panel.refuse(detail);
      emit("error", detail);
    } else if (event === "connection") {
      emit(event, detail);
    } else {
      telling.tell(event, detail);
    }
  }

  // Looked at means: open, in front, and scrolled to the end.
  function read() {
    if (isOpen && document.visibilityState === "visible" && panel.isReading()) session.looked();
    count();
  }

  function open({ focus = true, flow = null } = {}) {
    if (flow) return void startFlow(flow, focus);
    // The button brings the chat back to it.
    if (look !== "chatbot") close({ quiet: true });
    return show(focus);
  }

  function show(focus) {
    session.start({ show: true });
    if (isOpen) return;
    isOpen = true;
    memory.set("open", true);
    launcher.show({ open: look === "chatbot", away: look !== "chatbot" });
    panel.open({ focus, isInline: look === "inline" });
    read();
    if (focus) tabs.tell({ type: "open", open: true });
    emit("open", telling.describe());
  }

  // A flow has a look of its own; the chat's is back as soon as it is closed.
  async function startFlow({ slug, look: wished, selector }, focus) {
    const more = wished === "chatbot" ? null : await wantMore();
    if (more && wished !== look) {
      if (isOpen) close({ quiet: true });
      more.setLook(wished, selector);
    }
    session.startFlow(slug);
    telling.flowStarted(slug);
    show(focus);
  }

  function close({ quiet = false } = {}) {
    if (!isOpen) return;
    isOpen = false;
    memory.set("open", null);
    session.hidden();
    panel.close();
    launcher.show({ open: false, away: false });
    if (telling.flow()) sessions.note("closed", telling.flow());
    extras?.setLook("chatbot");
    onClosed();
    if (!quiet) tabs.tell({ type: "open", open: false });
    emit("close", telling.describe());
  }

  const nudge = () => document.visibilityState === "visible" && (session.nudge(), read());
  // A socket in a tunnel stays open, so its loss shows only by asking.
  const lose = () => (nudge(), panel.update());
  // A page with an open socket can't be kept for the back button, and one that was kept has a dead socket.
  const pause = (event) => event.persisted && session.stop();
  const wake = (event) => (event.persisted ? session.start({ show: isOpen }) : nudge());
  const listeners = [
    [window, "online", nudge], [window, "focus", nudge], [window, "pageshow", wake], [window, "pagehide", pause],
    [window, "offline", lose], [document, "visibilitychange", nudge],
  ];
  for (const [target, type, listener] of listeners) target.addEventListener(type, listener);

  return {
    open, close,
    resume: () => session.start({ show: false }),
    reset() {
      session.forget();
      panel.forget();
    },
    moved() {
      session.moved();
      extras?.unread(unread, []);
    },
    know: (values) => session.know(values),
    prefill: (text) => panel.prefill(text),
    status: () => ({
      open: isOpen, connection: session.status, phase: session.view.state?.phase ?? "", unread, conversation: session.view.conversation,
    }),
    destroy() {
      for (const [target, type, listener] of listeners) target.removeEventListener(type, listener);
      session.destroy();
      extras?.destroy();
      panel.destroy();
    },
  };
}

// Where the admin wants one theme always, the other one's rules never apply.
function themed(styles, theme) {
  if (theme === "auto") return styles;
  return styles.replaceAll("(prefers-color-scheme: dark)", theme === "dark" ? "all" : "not all")
    .replaceAll("(prefers-color-scheme:dark)", theme === "dark" ? "all" : "not all");
}

// The snippet came before us, and what the page has replaced since is not what it holds.
function browser({ encode, decode, ask }) {
  return {
    WebSocket: window.WebSocket, crypto: window.crypto, locks: navigator.locks, now: () => Date.now(), random: Math.random, encode, decode, ask,
    setTimeout: (action, delay) => window.setTimeout(action, delay), clearTimeout: (timer) => window.clearTimeout(timer),
    setInterval: (action, delay) => window.setInterval(action, delay), clearInterval: (timer) => window.clearInterval(timer),
  };
}
