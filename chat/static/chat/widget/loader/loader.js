// The snippet: asks what this visitor is to see on this page, draws the button when that is something, and loads the
// rest when somebody is about to use it. Nothing of it throws into the page that carries it.
import { createEvents } from "./events.js";
import { bringModule, createFetching } from "./fetching.js";
import { createLauncher } from "./launcher.js";
import { chooseLanguage } from "./launcher_texts.js";
import { createLife } from "./life.js";
import { createMemory } from "./memory.js";
import { isMet } from "./met.js";
import { ask, decode, encode, post } from "./natives.js";
import { describePage, watchPages } from "./pages.js";
import { createSessions } from "./sessions.js";
import { createTabs } from "./tabs.js";

const PHONE = "(max-width: 480px)";
// CUBOT makes telephones.
const ROBOT = /(?<!cu)bot\b|crawl|spider|slurp|facebookexternalhit/i;
const NOTHING = { dialogue: null, conversation: false, flows: [] };
const VISIT_AGAIN_MS = [3_000, 15_000, 60_000];

/** Puts the chat on the page; `config` is what the server wrote into the snippet, `source` the snippet's address. */
export function startSnippet(config, source, page = document, scope = window) {
  const early = scope.Switchboard;
  const { navigator } = scope;
  if (early?.destroy || ROBOT.test(navigator.userAgent)) return;
  // The server that the snippet came from is the one to talk to, also where it is known by several names.
  const origin = source ? new URL(source).origin : config.origin;
  const language = chooseLanguage([page.documentElement.lang, ...(navigator.languages || [])], Object.keys(config.panels));
  const prefix = `switchboard:${new URL(origin).host}:`;
  const style = scope.getComputedStyle(page.documentElement);
  const fonts = config.font === "page" ? [`:host{--font:${scope.getComputedStyle(page.body).fontFamily}}`] : [];
  let isAllowed = !config.consent;
  let destroyed = false;
  let found = NOTHING;
  let visits = 0;
  let chat = null;
  let wanted = false;
  let forced = null;
  let pageEvents = null;
  let zone = null;
  let clicked = null;

  const life = createLife();
  // Without consent there is no storage: what is noted then is forgotten with the page.
  const memory = createMemory(prefix, () => isAllowed && scope.localStorage);
  const tabs = createTabs(prefix, scope.BroadcastChannel);
  const events = createEvents();
  const sessions = createSessions(memory, scope.crypto);
  const facts = { attributes: {}, identity: "" };
  const here = () => describePage(page, scope);
  const isPhone = () => scope.matchMedia(PHONE).matches;
  const launcher = createLauncher({ language, direction: style.direction, page, styles: [config.styles, ...fonts], onDismiss: hush });
  const who = () => ({
    session: sessions.touch().id, language: navigator.language || language, device: deviceOf(navigator, scope),
    time_zone: (zone ??= timeZoneOf(scope)), ...facts,
  });
  const getFlow = (slug) => found.flows.find((flow) => flow.slug === slug);
  const load = (path, isWanted) => createFetching({
    url: origin + path,
    bring: (url) => bringModule(url, page),
    wait: (ms) => new Promise((done) => life.later("fetch", ms, done)),
    isWanted: () => isWanted() && !destroyed,
  });
  const fetchPanel = load(`/widget/chat.${language}.${config.panels[language]}.js`, () => wanted);
  const fetchEvents = load(`/widget/events.${config.events}.js`, () => true);

  async function bring() {
    const { createChat, ...rest } = await fetchPanel();
    if (destroyed) return null;
    chat ??= createChat({
      ...rest, config, origin, launcher, memory, tabs, sessions, language, load: (path) => load(path, () => wanted), who, here, isPhone, ask, decode, encode,
      emit: events.emit, getDialogue: () => found.dialogue,
      onChange: decide,
      onClosed: () => { wanted = false; },
    });
    return chat;
  }

  // ---- what there is to show

  async function visit(again = 0) {
    const turn = (visits += 1);
    if (!isAllowed || destroyed) return;
    try {
      const response = await post(`${origin}/widget/visit`, { ...who(), ui: language, token: memory.get("token") || "", page: here() });
      if (response.status > 499) throw response;
      const reply = response.ok ? decode(await response.text()) : NOTHING;
      if (turn !== visits || !isAllowed || destroyed) return;
      find({ ...NOTHING, ...reply });
    } catch {
      if (turn === visits && again < VISIT_AGAIN_MS.length) life.later("visit", VISIT_AGAIN_MS[again], () => visit(again + 1));
    }
  }

  // Where something waits for events of the page, what watches them is brought in; a click until then isn't lost.
  async function find(reply) {
    found = reply;
    if (reply.words?.length) launcher.show({ words: reply.words });
    decide();
    const { dialogue, flows } = found;
    if (!pageEvents && !flows.length && (!dialogue || isMet(memory, dialogue))) return;
    const { createPageEvents } = await fetchEvents();
    if (destroyed || found !== reply) return;
    pageEvents ??= createPageEvents({
      page, scope, memory, sessions, life, isPhone, clicked, address: () => here().url, start: (flow, options) => void open({ ...options, flow }),
    });
    pageEvents.setFlows(flows);
    pageEvents.watch(dialogue, decide);
  }

  // A chat that is under way, or may be asked for; or a dialogue as soon as its events have happened.
  function decide() {
    if (destroyed) return;
    const { dialogue, conversation } = found;
    const isLive = memory.get("live") || Boolean(chat?.status().conversation);
    // Beside one that is over and can be read, the next one is due all the same.
    const isDue = !isLive && dialogue && isMet(memory, dialogue);
    if (isDue) void tellShown(dialogue);
    const visible = isAllowed && (forced ?? Boolean(conversation || isLive || isDue));
    const words = isDue && !sessions.has("closed", "poke") && (config.poke || !isPhone()) ? dialogue.poke : "";
    launcher.show({ visible, poke: words || "" });
  }

  async function tellShown({ id, name, kind }) {
    if (!sessions.note("shown", id)) return;
    const session = sessions.touch().id;
    events.emit("conversation:triggered", { conversation: { id: "", name, type: kind, ui: "chatbot" }, session, agent: null });
    try {
      const told = { session, version: id, token: memory.get("token") || "", page: here() };
      const response = await post(`${origin}/widget/shown`, told);
      if (response.status > 428) throw response;
    } catch {
      // Not told now: it is when the visitor sees it on the next page, or by opening it.
      sessions.touch({ shown: sessions.touch().shown.filter((shown) => shown !== id) });
    }
  }

  function hush() {
    sessions.note("closed", "poke");
    launcher.show({ poke: "" });
  }

  // ---- what the page and the visitor ask for

  async function open({ focus = true, flow = null } = {}) {
    if (!isAllowed) return events.emit("error", { code: "consent_missing" });
    wanted = true;
    if (focus) hush();
    if (!chat) launcher.show({ busy: true });
    try {
      const ready = await bring();
      if (wanted) ready?.open({ focus, flow });
    } catch {
      events.emit("error", { code: "panel_unavailable" });
    } finally {
      launcher.show({ busy: false });
    }
    return undefined;
  }

  function close({ quiet = false } = {}) {
    wanted = false;
    chat?.close({ quiet });
  }

  async function resume() {
    // On a phone the panel covers the page, so it comes back by itself only where the visitor reloaded that page.
    const reloaded = scope.performance?.getEntriesByType?.("navigation")[0]?.type === "reload";
    if (memory.get("open") && (reloaded || !isPhone())) return open({ focus: false });
    try {
      (await bring())?.resume();
    } catch {
      // The visitor may still open it by hand, which tries again.
    }
    return undefined;
  }

  function moved() {
    chat?.moved();
    void visit();
  }

  function forget() {
    close({ quiet: true });
    Object.assign(facts, { attributes: {}, identity: "" });
    if (chat) chat.reset();
    memory.clear();
    find(NOTHING);
  }

  function know(values) {
    Object.assign(facts, values);
    if (chat) chat.know(values);
    void visit();
  }

  function consent(given) {
    if (given === isAllowed) return;
    // Taken back: what is stored goes, as long as there is leave to touch it.
    if (!given) forget();
    isAllowed = given;
    events.emit("consent", { given });
    if (given) begin();
    else decide();
  }

  function begin() {
    if (!isAllowed) return;
    if (memory.get("live")) void resume();
    decide();
    void visit();
  }

  function destroy() {
    destroyed = true;
    wanted = false;
    life.end();
    chat?.destroy();
    pageEvents?.stop();
    tabs.close();
    events.clear();
    launcher.remove();
    delete scope.Switchboard;
  }

  const force = (value) => {
    forced = value;
    if (!value) close();
    decide();
  };
  const intent = () => void bring().catch(() => {});
  const guarded = (action) => (...given) => {
    try {
      return action(...given);
    } catch (error) {
      console.error(error);
      return undefined;
    }
  };
  const actions = {
    open: () => void open(),
    close: () => close(),
    toggle: () => (launcher.isPressed() ? close() : void open()),
    show: () => force(true),
    hide: () => force(false),
    prefill: (text) => void open().then(() => chat?.prefill(String(text))),
    identify: (identity) => know({ identity: String(identity || "") }),
    set: (attributes) => know({ attributes: { ...facts.attributes, ...texts(attributes) } }),
    page: moved,
    flow: (slug, { inside } = {}) => void open({ flow: { slug, look: "chatbot", ...getFlow(slug), ...(inside && { look: "inline", selector: inside }) } }),
    consent: (given) => consent(Boolean(given)),
    mute: (muted = true) => memory.set("muted", muted || null),
    reset() {
      forget();
      tabs.tell({ type: "reset" });
      void visit();
    },
    destroy,
    on: events.on,
    once: events.once,
    status: () => ({
      open: false, connection: "off", phase: "", unread: 0, conversation: "", ...chat?.status(),
      visible: !launcher.button.hidden, consent: isAllowed, session: isAllowed ? sessions.touch().id : "",
    }),
  };
  const api = Object.fromEntries(Object.entries(actions).map(([name, action]) => [name, guarded(action)]));
  const run = (call) => (typeof call === "function" ? guarded(call)(api) : api[call[0]]?.(...[...call].slice(1)));
  api.q = { push: (...calls) => calls.forEach(run) };
  scope.Switchboard = Object.freeze(api);

  life.listen(page, "click", (event) => { clicked = event; }, { capture: true });
  launcher.button.addEventListener("pointerenter", intent, { once: true });
  launcher.button.addEventListener("focus", intent, { once: true });
  launcher.button.addEventListener("click", () => api.toggle());
  launcher.words.addEventListener("click", () => api.open());
  watchPages(page, scope, life, moved);
  life.listen(scope, "pageshow", (event) => event.persisted && moved());
  tabs.listen((message) => {
    if (message.type === "reset") return forget();
    if (message.type !== "open" || isPhone()) return undefined;
    return message.open ? void open({ focus: false }) : close({ quiet: true });
  });
  for (const call of early?.q || []) run(call);
  events.emit("ready", {});
  // A task of its own: on a slow phone the two together would be a long one.
  life.later("begin", 0, begin);
}

/** Starts when there is a page to see: when it is loaded and at rest, or when a prerendered page is really visited. */
export function startWhenSeen(start, page = document, scope = window) {
  const safely = () => {
    try {
      start();
    } catch (error) {
      console.error(error);
    }
  };
  const rested = () => (scope.requestIdleCallback ? scope.requestIdleCallback(safely, { timeout: 1_000 }) : scope.setTimeout(safely, 1));
  const loaded = () => (page.readyState === "complete" ? rested() : scope.addEventListener("load", rested, { once: true }));
  if (page.prerendering) page.addEventListener("prerenderingchange", loaded, { once: true });
  else loaded();
}

/** The same for a snippet that a page has pinned by its integrity: how the chat looks is asked for. */
export async function startPinned(pinned, source) {
  const response = await ask(`${new URL(source).origin}/widget/config.json`);
  startSnippet({ ...decode(await response.text()), ...pinned }, source);
}

// A first DateTimeFormat takes some browsers a long task on a slow phone; the newer way costs nothing.
function timeZoneOf({ Temporal, Intl: { DateTimeFormat } }) {
  return Temporal?.Now.timeZoneId() || DateTimeFormat().resolvedOptions().timeZone || "";
}

function texts(attributes) {
  return Object.fromEntries(Object.entries(attributes || {}).map(([name, value]) => [name, String(value ?? "")]));
}

function deviceOf({ userAgent }, scope) {
  if (!scope.matchMedia("(pointer: coarse)").matches) return "desktop";
  return /Mobi/.test(userAgent) && !/iPad/.test(userAgent) ? "mobile" : "tablet";
}
