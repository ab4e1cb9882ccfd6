// The snippet: draws the button, and loads the rest when somebody is about to use it. Nothing is stored or sent before
// that, and nothing of it throws into the page that carries it.
import { createEvents } from "./events.js";
import { createFetching } from "./fetching.js";
import { createLauncher } from "./launcher.js";
import { chooseLanguage } from "./launcher_texts.js";
import { createMemory } from "./memory.js";
import { createTabs } from "./tabs.js";

const PHONE = "(max-width: 480px)";

/** Puts the chat on the page; `config` is what the server wrote into the snippet, `source` the snippet's address. */
export function startSnippet(config, source, page = document, scope = window) {
  if (scope.Switchboard?.destroy) return;
  // The server that the snippet came from is the one to talk to, also where it is known by several names.
  const origin = source ? new URL(source).origin : config.origin;
  const language = chooseLanguage([page.documentElement.lang, ...(scope.navigator.languages || [])]);
  const prefix = `switchboard:${new URL(origin).host}:`;
  const memory = createMemory(prefix, () => scope.localStorage);
  const tabs = createTabs(prefix, scope.BroadcastChannel);
  const events = createEvents();
  const direction = scope.getComputedStyle(page.documentElement).direction;
  const launcher = createLauncher(language, direction, page);
  let chat = null;
  let wanted = false;
  let destroyed = false;
  const fetchPanel = createFetching({
    url: origin + config.panels[language],
    bring: (url) => import(url),
    wait: (ms) => new Promise((done) => setTimeout(done, ms)),
    isWanted: () => wanted && !destroyed,
  });

  async function bring() {
    const panel = await fetchPanel();
    if (destroyed) return null;
    chat ??= panel.createChat({
      launcher, memory, tabs, language,
      strings: panel.strings,
      name: config.name,
      socket: origin.replace(/^http/, "ws") + config.socket,
      emit: events.emit,
      onClosed: () => { wanted = false; },
    });
    return chat;
  }

  async function open({ focus = true } = {}) {
    wanted = true;
    if (!chat) launcher.show({ busy: true });
    try {
      const ready = await bring();
      if (wanted) ready?.open({ focus });
    } catch {
      events.emit("error", { code: "panel_unavailable" });
    } finally {
      launcher.show({ busy: false });
    }
  }

  function close({ quiet = false } = {}) {
    wanted = false;
    chat?.close({ quiet });
  }

  async function resume() {
    // On a phone the panel covers the page, so it comes back by itself only where the visitor reloaded that page.
    const reloaded = scope.performance?.getEntriesByType?.("navigation")[0]?.type === "reload";
    if (memory.get("open") && (reloaded || !scope.matchMedia(PHONE).matches)) return open({ focus: false });
    try {
      (await bring())?.resume();
    } catch {
      // The visitor may still open it by hand, which tries again.
    }
    return undefined;
  }

  function destroy() {
    destroyed = true;
    wanted = false;
    stopListening();
    chat?.destroy();
    tabs.close();
    events.clear();
    launcher.remove();
    delete scope.Switchboard;
  }

  function forget() {
    close({ quiet: true });
    if (chat) chat.reset();
    else memory.clear();
  }

  function reset() {
    forget();
    tabs.tell({ type: "reset" });
  }

  const intent = () => void bring().catch(() => {});
  launcher.button.addEventListener("pointerenter", intent, { once: true });
  launcher.button.addEventListener("focus", intent, { once: true });
  launcher.button.addEventListener("click", () => api.toggle());
  const stopListening = tabs.listen((message) => {
    if (message.type === "reset") return forget();
    if (message.type !== "open" || scope.matchMedia(PHONE).matches) return undefined;
    return message.open ? void open({ focus: false }) : close({ quiet: true });
  });

  const guarded = (action) => (...given) => {
    try {
      return action(...given);
    } catch (error) {
      console.error(error);
      return undefined;
    }
  };
  const api = {
    open: guarded(() => void open()),
    close: guarded(() => close()),
    toggle: guarded(() => (wanted ? close() : void open())),
    destroy: guarded(destroy),
    reset: guarded(reset),
    on: guarded(events.on),
    once: guarded(events.once),
    status: guarded(() => ({ open: false, connection: "off", phase: "", unread: 0, ...chat?.status() })),
  };
  scope.Switchboard = Object.freeze(api);
  if (memory.get("live")) void resume();
}

/** Starts when there is a page to see: at once, after parsing, or when a prerendered page is really visited. */
export function startWhenSeen(start, page = document) {
  const safely = () => {
    try {
      start();
    } catch (error) {
      console.error(error);
    }
  };
  if (page.prerendering) page.addEventListener("prerenderingchange", safely, { once: true });
  else if (page.readyState === "loading") page.addEventListener("DOMContentLoaded", safely, { once: true });
  else safely();
}
