// Which page the visitor is on, and when that changes without a load, as in single-page sites.

const MAX_TITLE = 300;
const MAX_ADDRESS = 2_000;
// Single-page sites set the title after the address.
const SETTLE_MS = 60;
const LOOK_MS = 1_000;
const UNREAD = /^\(\d+\) /;

/** Without query and fragment: they may carry secrets. */
export function describePage(page, scope) {
  return {
    url: plain(scope.location.href), title: page.title.replace(UNREAD, "").slice(0, MAX_TITLE), referrer: plain(page.referrer),
  };
}

export function plain(address) {
  try {
    const { origin, pathname } = new URL(address);
    return (origin === "null" ? pathname : origin + pathname).slice(0, MAX_ADDRESS);
  } catch {
    return "";
  }
}

/** Calls `changed` after each move to another page; returns what makes it look at once. */
export function watchPages(page, scope, life, changed) {
  let seen = plain(scope.location.href);

  function look() {
    const address = plain(scope.location.href);
    if (address === seen) return;
    seen = address;
    changed();
  }

  const soon = () => life.later("page", SETTLE_MS, look);
  life.listen(scope, "popstate", soon);
  life.listen(scope, "hashchange", soon);
  if (scope.navigation) life.listen(scope.navigation, "currententrychange", soon);
  else repeat();

  // Where a site's router tells nobody, looking is all that is left, and only while there is somebody to look for.
  function repeat() {
    if (page.hidden) return life.listen(page, "visibilitychange", repeat, { once: true });
    look();
    return life.later("look", LOOK_MS, repeat);
  }
}
