import { ServerClock } from "./clock.js";
import { arrange, part, readJson, setText } from "./dom.js";
import { countdown } from "./times.js";
import { waitOf } from "./waits.js";
import { makeSay } from "./words.js";

/** Asked for again so often, later after failures, at once when somebody looks at the page again; milliseconds. */
const EVERY = 3_000;
const SLOWEST = 15_000;
const PATIENCE = 8_000;

const board = part("board");
const state = part("board-state");
const say = makeSay(readJson("board-words"));
const clock = new ServerClock();
const time = new Intl.DateTimeFormat(document.documentElement.lang, {
  timeStyle: "medium",
  hourCycle: "h23",
  timeZone: board.dataset.zone,
});

let etag = "";
let failures = 0;
let updatedAt = Date.now();
let timer = 0;
/** Each row's source by list and key: what a row shows besides, its age, changes every second. */
const sources = new Map();

clock.learn(board.dataset.serverTime, updatedAt, updatedAt);
for (const list of board.querySelectorAll("[data-rows]")) for (const row of list.children) remember(list, row);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && refresh());
window.addEventListener("online", () => refresh());
setInterval(writeAges, 1_000);
writeAges();
refresh();

async function refresh() {
  clearTimeout(timer);
  // Nobody looks: the next look asks anew.
  if (document.visibilityState === "hidden") return;
  try {
    await ask();
    failures = 0;
    updatedAt = Date.now();
  } catch {
    failures += 1;
  }
  setText(state, say(failures ? "stale" : "updated", { time: time.format(updatedAt) }));
  state.classList.toggle("is-bad", failures > 0);
  clearTimeout(timer);
  timer = setTimeout(refresh, Math.min(SLOWEST, EVERY * 2 ** failures));
}

async function ask() {
  const sent = Date.now();
  const response = await fetch(board.dataset.url, {
    // By hand: what may never be stored, the browser's own cache doesn't ask about.
    headers: etag ? { "If-None-Match": etag } : {},
    cache: "no-store",
    redirect: "manual",
    signal: AbortSignal.timeout(PATIENCE),
  });
  // Signed out, or not allowed any more: the page itself says so, and in which words.
  if (response.type === "opaqueredirect" || response.status === 403) return location.reload();
  if (!response.ok && response.status !== 304) throw new Error(`board: ${response.status}`);
  clock.learn(response.headers.get("X-Server-Time"), sent, Date.now());
  if (response.status === 304) return undefined;
  take(new DOMParser().parseFromString(await response.text(), "text/html"));
  etag = response.headers.get("ETag");
  return writeAges();
}

/** Brings each list to what the server says; rows that are the same stay as they are, with focus and selection. */
function take(fresh) {
  for (const list of board.querySelectorAll("[data-rows]")) {
    const known = new Map([...list.children].map((row) => [row.dataset.key, row]));
    const rows = [...fresh.querySelectorAll(`[data-rows="${list.dataset.rows}"] > *`)];
    const focused = list.contains(document.activeElement) && document.activeElement.closest("[data-key]").dataset.key;
    const nodes = rows.map((row) => {
      const before = known.get(row.dataset.key);
      return before && sources.get(nameOf(list, row)) === row.outerHTML ? before : remember(list, document.adoptNode(row));
    });
    arrange(list, nodes);
    if (focused && !list.contains(document.activeElement)) list.querySelector(`[data-key="${focused}"] :is(a, button)`)?.focus();
  }
}

function remember(list, row) {
  sources.set(nameOf(list, row), row.outerHTML);
  return row;
}

function nameOf(list, row) {
  return `${list.dataset.rows} ${row.dataset.key}`;
}

function writeAges() {
  for (const node of board.querySelectorAll("[data-since]")) {
    const wait = waitOf(Math.max(0, clock.now() - Date.parse(node.dateTime)), say);
    setText(node, wait.time);
    node.dataset.grade = wait.grade;
  }
  for (const node of board.querySelectorAll("[data-until]")) setText(node, countdown(clock.until(node.dateTime)));
}
