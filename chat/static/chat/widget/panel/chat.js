// The chat as the snippet sees it: open, close, resume, forget, destroy.
import { createPanel } from "./panel.js";
import { Session } from "./session.js";
import { PANEL_STYLES } from "./styles.js";
import { createWording } from "./wording.js";

const MAX_TITLE = 300;
const MAX_ADDRESS = 2_000;

/** `context` is what the snippet gives: the launcher, memory, tabs, strings, the socket's address and where events go. */
export function createChat(context) {
  const { launcher, memory, tabs, strings, language, name, socket, emit, onClosed } = context;
  const env = browser();
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(PANEL_STYLES);
  launcher.root.adoptedStyleSheets = [...launcher.root.adoptedStyleSheets, sheet];
  let isOpen = false;
  let unread = 0;

  const session = new Session({ url: socket, memory, tabs, env, page: currentPage, language, onChange: changed, onEvent: told });
  const panel = createPanel({
    session, strings, name, env, wording: createWording(language, strings), origin: socket.replace(/^ws/, "http"),
    launcher: launcher.button, root: launcher.root, onClose: () => close(), onRead: read,
  });
  launcher.frame.append(panel.node);

  function changed(arrived) {
    panel.update();
    if (isOpen) panel.announce(arrived);
    read();
    for (const { author, seq, kind } of arrived) {
      if (author !== "visitor") emit("message:received", { conversation: session.view.conversation, author, seq, kind });
    }
    if (session.unread !== unread) emit("unread", { count: session.unread });
    unread = session.unread;
    launcher.show({ unread });
  }

  function told(event, detail) {
    if (event === "refused") panel.alarm(detail.text);
    emit(event === "refused" ? "error" : event, detail);
  }

  // Looked at means: open, in front, and scrolled to the end.
  function read() {
    if (isOpen && document.visibilityState === "visible" && panel.isReading()) session.looked();
    if (session.unread !== unread) {
      unread = session.unread;
      launcher.show({ unread });
      emit("unread", { count: unread });
    }
  }

  function open({ focus = true } = {}) {
    if (isOpen) return;
    isOpen = true;
    memory.set("open", true);
    launcher.show({ open: true });
    panel.open({ focus });
    session.start({ show: true });
    read();
    if (focus) tabs.tell({ type: "open", open: true });
    emit("open");
  }

  function close({ quiet = false } = {}) {
    if (!isOpen) return;
    isOpen = false;
    memory.set("open", null);
    session.hidden();
    panel.close();
    launcher.show({ open: false });
    onClosed();
    if (!quiet) tabs.tell({ type: "open", open: false });
    emit("close");
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
    reset: () => session.forget(),
    status: () => ({ open: isOpen, connection: session.status, phase: session.view.state?.phase ?? "", unread }),
    destroy() {
      for (const [target, type, listener] of listeners) target.removeEventListener(type, listener);
      session.destroy();
      panel.destroy();
    },
  };
}

// Without query and fragment: they may carry secrets.
function currentPage() {
  return {
    url: plain(location.href), title: document.title.slice(0, MAX_TITLE),
    referrer: document.referrer ? plain(document.referrer) : "",
  };
}

function plain(address) {
  try {
    const { origin, pathname } = new URL(address);
    return (origin === "null" ? pathname : origin + pathname).slice(0, MAX_ADDRESS);
  } catch {
    return "";
  }
}

function browser() {
  return {
    WebSocket: window.WebSocket, crypto: window.crypto, locks: navigator.locks, now: () => Date.now(), random: Math.random,
    setTimeout: (action, delay) => window.setTimeout(action, delay), clearTimeout: (timer) => window.clearTimeout(timer),
    setInterval: (action, delay) => window.setInterval(action, delay), clearInterval: (timer) => window.clearInterval(timer),
  };
}
