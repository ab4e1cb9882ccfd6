import { part, setText, show } from "./dom.js";
import { bell, SOUNDS } from "./main.js";
import { config } from "./session.js";

/** The page of sounds and notifications: what is chosen can be heard before it is saved. */
const form = part("preferences");
const told = part("tried");

/** What the form says now, in the words of the bell. */
function chosen() {
  const { offer_sound: offer, message_sound: message, volume } = form.elements;
  return { offer: offer.value, message: message.value, volume: Number(volume.value) };
}

for (const button of form.querySelectorAll("[data-try]")) {
  show(button, true);
  button.addEventListener("click", async () => {
    const isHeard = await bell.try(button.dataset.try, chosen());
    setText(told, isHeard ? "" : told.dataset.words);
  });
}
form.elements.volume.addEventListener("input", () => setText(part("volume"), form.elements.volume.value));
// The server has just written these into the page: other tabs may have been opened before they were saved.
new BroadcastChannel(SOUNDS).postMessage(config.sounds);
