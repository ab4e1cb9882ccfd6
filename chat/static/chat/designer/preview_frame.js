/*
 * The preview's own page: the real chat, as a website would load it, except that its socket plays the draft and that
 * nothing is kept in the browser. What to pretend is in the page's address and goes on to the socket.
 */

import { bringModule } from "../widget/loader/fetching.js";
import { createLauncher } from "../widget/loader/launcher.js";
import { createMemory } from "../widget/loader/memory.js";
import { ask, decode, encode } from "../widget/loader/natives.js";
import { createSessions } from "../widget/loader/sessions.js";

const config = JSON.parse(document.getElementById("preview-config").textContent);
const { language } = config;
const RealSocket = window.WebSocket;
const PHONE = "(max-width: 480px)";

window.WebSocket = class extends RealSocket {
  constructor(address) {
    const url = new URL(address);
    url.pathname = config.socket;
    url.search = location.search;
    super(url.href);
    this.addEventListener("message", (event) => tellCard(JSON.parse(event.data)));
  }
};

// The designer shows on its canvas where the visitor is.
function tellCard({ type, state, awaiting }) {
  const shown = type === "welcome" ? state : type === "state" ? { awaiting } : null;
  if (shown) parent.postMessage({ card: shown.awaiting ?? "" }, location.origin);
}

const memory = createMemory("preview:", () => null);
const sessions = createSessions(memory, window.crypto);
const tabs = { tell: () => {}, listen: () => () => {}, close: () => {} };
const load = (path) => () => bringModule(location.origin + path, document);
const launcher = createLauncher({ language, direction: document.documentElement.dir, page: document, styles: [config.widget.styles], onDismiss: () => {} });

const { createChat, ...parts } = await load(`/widget/chat.${language}.${config.widget.panels[language]}.js`)();
const chat = createChat({
  ...parts, config: config.widget, origin: location.origin, launcher, memory, tabs, sessions, language, load, ask, decode, encode,
  who: () => ({ session: sessions.touch().id, language, device: matchMedia(PHONE).matches ? "mobile" : "desktop", time_zone: "", attributes: {}, identity: "" }),
  here: () => ({ url: location.origin + location.pathname, title: document.title, referrer: "" }),
  isPhone: () => matchMedia(PHONE).matches,
  emit: () => {}, getDialogue: () => null, onChange: () => {}, onClosed: () => {},
});
launcher.show({ visible: true });
launcher.button.addEventListener("click", () => (chat.status().open ? chat.close() : chat.open()));
chat.open({ focus: false });
