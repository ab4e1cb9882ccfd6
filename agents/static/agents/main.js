import { Banner } from "./banner.js";
import { part } from "./dom.js";
import { keepMentions } from "./mentions.js";
import { clock, config, connection, decide, drafts, say, start, store, times } from "./session.js";
import { keepClearOfKeyboard } from "./screen-keyboard.js";
import { Bell } from "./sound.js";
import { keepTitle } from "./title.js";
import { keepConnectionShown, keepSoundShown, keepToasts, keepToggle } from "./topbar.js";

/** Every page of an agent: the banner, the bell, the switch, the connection. The inbox adds its panes. */
const LOOK_AROUND_EVERY = 15_000;
/** Where a page says which sounds were chosen: the tab that rings is often another one. */
export const SOUNDS = `switchboard:${config.me.id}:sounds`;

let showSound = () => {};
export const bell = new Bell({ owner: config.me.id, choice: config.sounds, onChange: () => showSound() });
showSound = keepSoundShown({ bell, say });

keepConnectionShown({ store, config, say });
keepToggle({ store, connection, say });
keepToasts({ store, say });
keepMentions({ store, config, times, clock, say });
keepTitle({ store, say });
keepClearOfKeyboard();
new Banner({
  root: part("banner"),
  store,
  clock,
  say,
  bell,
  decide,
  confirm: (offer) => connection.send({ type: "shown", offer: offer.id }),
});
ringForMessages();
goToAccepted();

new BroadcastChannel(SOUNDS).addEventListener("message", ({ data }) => bell.choose(data));
bell.prime();
setInterval(() => bell.lookAround(), LOOK_AROUND_EVERY);
document.querySelector("[data-sign-out]")?.addEventListener("submit", () => drafts.clear());
start();
showSound();

/** A message of a visitor chimes unless the agent is looking at it. */
function ringForMessages() {
  store.subscribe((state, before) => {
    for (const [id, chat] of Object.entries(state.chats)) {
      const isNew = (chat.unread ?? 0) > (before.chats[id]?.unread ?? 0);
      const isInView = id === state.open && document.visibilityState === "visible" && document.hasFocus();
      if (isNew && before.connection === "online" && !isInView) bell.chime();
    }
  });
}

/** Where the inbox isn't on this page, accepting leads to it (LC-21); the inbox opens the chat itself. */
function goToAccepted() {
  if (part("inbox")) return;
  store.subscribe(({ accepted }, before) => {
    if (accepted && accepted !== before.accepted) location.assign(`${config.inboxUrl}${accepted.conversation}/#reply`);
  });
}
