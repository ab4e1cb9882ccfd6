// The log of the conversation: keeps its rows in step with the view, and the visitor's place in it.
import { el, icon, linkedText, richText } from "./dom.js";
import { transcriptRows } from "./rows.js";

const NEAR_END_PX = 90;
const RECEIPT_ICONS = { sending: "clock", held: "clock", sent: "check", delivered: "checks", read: "checks", failed: "alert" };

export function createTranscript({ strings, wording, now, onRetry, onDiscard, onReadable, drawAttached, encode }) {
  const list = el("div", { class: "rows" });
  const below = el("div", { class: "below" });
  // aria-live off: the announcer says what is new, once; the log itself would read everything again.
  const role = { role: "log", "aria-live": "off", "aria-label": strings.log, tabindex: "0" };
  const log = el("div", { class: "log", "data-part": "log", ...role }, list, below);
  const down = { class: "jump", type: "button", hidden: true, click: () => toEnd("smooth") };
  const jump = el("button", down, icon("down"), strings.newBelow);
  const node = el("div", { class: "log-frame" }, log, jump);
  const drawn = new Map();
  let isFollowing = true;
  log.addEventListener("scroll", () => {
    isFollowing = isAtEnd();
    if (!isFollowing) return;
    jump.hidden = true;
    onReadable();
  }, { passive: true });

  // The keyboard, a longer text in the box or a notice above it takes room from the log: the last line stays in sight.
  const room = new ResizeObserver(() => isFollowing && toEnd());
  room.observe(log);
  room.observe(list);

  function isAtEnd() {
    return log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END_PX;
  }

  function toEnd(behavior = "instant") {
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    log.scrollTo({ top: log.scrollHeight, behavior: isCalm ? "instant" : behavior });
    jump.hidden = true;
    isFollowing = true;
  }

  function update({ view, queued, isConnected, avatarOf }) {
    const before = list.lastElementChild;
    const rows = transcriptRows(view, queued, isConnected);
    drawAll(rows, avatarOf);
    const isNew = list.lastElementChild !== before && before !== null;
    const wroteOne = isNew && rows.at(-1)?.own;
    if (isFollowing || wroteOne) toEnd();
    else if (isNew && rows.at(-1)) jump.hidden = false;
  }

  function drawAll(rows, avatarOf) {
    const keys = new Set(rows.map((row) => row.key));
    for (const [key, { node: old }] of drawn) {
      if (keys.has(key)) continue;
      old.remove();
      drawn.delete(key);
    }
    const nodes = rows.map((row) => redraw(row, avatarOf));
    let place = list.firstElementChild;
    for (const its of nodes) {
      if (its === place) place = place.nextElementSibling;
      else list.insertBefore(its, place);
    }
  }

  // A row is built anew only where something about it changed: what a screen reader or a selection is on stays.
  function redraw(row, avatarOf) {
    const looks = encode(row);
    const old = drawn.get(row.key);
    if (old?.looks === looks) return old.node;
    const fresh = draw(row, avatarOf);
    if (old) {
      fresh.classList.add("settled");
      old.node.replaceWith(fresh);
    }
    drawn.set(row.key, { looks, node: fresh });
    return fresh;
  }

  function draw(row, avatarOf) {
    if (row.kind === "day") return el("div", { class: "day" }, el("span", {}, wording.day(row.at, now())));
    if (row.kind === "notice") return drawNotice(row);
    return drawMessage(row, avatarOf);
  }

  function drawNotice(row) {
    const words = strings.notice[row.notice]?.(row.name) ?? row.text;
    return el("div", { class: "notice", dir: "auto", "data-notice": row.notice, ...marked(row) }, words);
  }

  function drawMessage(row, avatarOf) {
    const who = row.own ? strings.you : row.name || strings.assistant;
    const words = row.rich ? richText(row.rich) : row.file ? [] : linkedText(row.text);
    const attached = (row.document || row.file) && drawAttached(row);
    const bubble = el(
      "div", { class: "bubble", dir: "auto" },
      el("span", { class: "unseen", dir: "auto" }, strings.said(who)), ...words, attached,
    );
    const classes = ["row", row.own ? "own" : "theirs", row.first && "first", row.last && "last", row.rich && "rich", attached && "attached", row.receipt];
    return el(
      "div",
      { class: classes.filter(Boolean).join(" "), "data-receipt": row.receipt || null, ...marked(row) },
      row.own ? null : el("div", { class: "face" }, row.last ? avatarOf(row) : ""),
      el("div", { class: "said" }, bubble, row.failed ? drawFailure(row) : row.last ? drawMeta(row) : null),
    );
  }

  function drawMeta(row) {
    const name = !row.own && row.name ? el("span", { class: "name", dir: "auto" }, row.name) : null;
    const at = new Date(row.at);
    const time = el("time", { datetime: at.toISOString(), title: wording.moment(at) }, wording.time(at));
    return el("div", { class: "meta" }, name, time, row.receipt ? drawReceipt(row.receipt) : null);
  }

  function drawReceipt(receipt) {
    return el("span", { class: `receipt ${receipt}` }, strings[receipt], icon(RECEIPT_ICONS[receipt]));
  }

  function drawFailure(row) {
    return el(
      "div",
      { class: "meta failure" },
      el("span", {}, icon("alert"), `${strings.notSent}. ${row.failed}`),
      row.mayRetry && linkButton("retry", strings.retry, () => onRetry(row.clientId)),
      linkButton("discard", strings.discard, () => onDiscard(row.clientId)),
    );
  }

  return { node, below, update, toEnd, isAtEnd, stop: () => room.disconnect() };
}

function linkButton(part, words, click) {
  return el("button", { type: "button", class: "link", "data-part": part, click }, words);
}

function marked(row) {
  return { "data-part": "message", "data-seq": row.seq || null, "data-author": row.author };
}
