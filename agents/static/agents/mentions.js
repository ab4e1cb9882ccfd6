import { make, part, setText, show } from "./dom.js";
import { linkTo } from "./mention-link.js";

/** More in a line than anybody reads there. */
const SNIPPET = 120;

/**
 * On every page: how many notes call this agent and where they are, until they were looked at, and quietly what comes
 * while the page is open.
 */
export function keepMentions({ store, config, times, clock, say }) {
  const menu = part("mentions");
  const list = part("mentions-list");

  function itemOf(mention) {
    const head = make("span", { class: "mention-head" }, say("mention_by", mention));
    const text = make("span", { class: "mention-text", dir: "auto" }, shorten(mention.text));
    const at = Date.parse(mention.at);
    const time = make("time", { datetime: mention.at, title: times.whole.format(at) }, times.short(mention.at, clock.now()));
    return make("li", {}, make("a", linkTo(mention, config.inboxUrl), head, text, time));
  }

  function tell(mention, open) {
    // Whoever has the chat before them sees the note come.
    if (mention.conversation === open && document.visibilityState === "visible") return;
    const text = say("mention_told", { ...mention, text: shorten(mention.text) });
    const link = { text: say("mention_show"), facts: linkTo(mention, config.inboxUrl) };
    store.dispatch({ type: "told", text, link });
  }

  list.addEventListener("click", (event) => {
    // It may lead to a place on this very page.
    if (event.target.closest("a")) menu.open = false;
  });

  store.subscribe((state, before) => {
    if (state.mentionNews.length) {
      for (const mention of state.mentionNews.toReversed()) tell(mention, state.open);
      store.dispatch({ type: "mentions_told" });
    }
    if (state.mentions === before.mentions && state !== before) return;
    show(menu, state.mentions.length > 0);
    setText(part("mentions-count"), String(state.mentions.length));
    setText(part("mentions-said"), say("mentions_waiting", { n: state.mentions.length }));
    list.replaceChildren(...state.mentions.map(itemOf));
  });
}

function shorten(text) {
  const line = text.split(/\s+/).filter(Boolean).join(" ");
  const signs = [...line];
  return signs.length > SNIPPET ? `${signs.slice(0, SNIPPET - 1).join("")}…` : line;
}
