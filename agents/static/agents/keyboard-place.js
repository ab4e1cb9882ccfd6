const HELD = "switchboard:opened-by-keyboard";

/**
 * Past chats and older lists are pages of their own: whoever opens one by keyboard goes on there, instead of coming
 * through the top of the page and the whole list again. `chat` and `older` are what to go on with.
 */
export function keepPlaceOfKeyboard({ list, chat, older, held = sessionStorage, here = location }) {
  if (held.getItem(HELD) === here.pathname + here.search) {
    const place = new URLSearchParams(here.search).has("before") ? older : chat;
    place?.focus({ preventScroll: true });
  }
  held.removeItem(HELD);
  list.addEventListener("click", (event) => {
    // A key presses no button of a mouse so and so many times.
    const isKey = event.detail === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
    // What opens in place puts the focus there itself.
    const link = isKey && !event.defaultPrevented && event.target.closest("a[href]");
    if (link) held.setItem(HELD, link.pathname + link.search);
  });
}

/** What had the focus may just have gone out of sight: whoever has no pointer goes on here then. */
export function goOnFrom(place, page = document) {
  const held = page.activeElement;
  if (!held || held === page.body || !held.checkVisibility()) place?.focus({ preventScroll: true });
}
