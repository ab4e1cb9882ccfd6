import assert from "node:assert/strict";
import { test } from "node:test";

import { endsIn, isUnanswered } from "../../../agents/static/agents/chat-pane.js";
import { ServerClock } from "../../../agents/static/agents/clock.js";
import { makeLink } from "../../../agents/static/agents/dom.js";
import { linkify, safeHref } from "../../../agents/static/agents/linkify.js";
import { Drafts, Outbox } from "../../../agents/static/agents/outbox.js";
import { rowsOf, tickOf } from "../../../agents/static/agents/rows.js";
import { tones } from "../../../agents/static/agents/sound.js";
import { countdown, Times } from "../../../agents/static/agents/times.js";
import { countUnread, titleFor } from "../../../agents/static/agents/title.js";
import { isMine, isOver } from "../../../agents/static/agents/reducer.js";
import { wasHeardOf } from "../../../agents/static/agents/visitor-history.js";
import { sayName } from "../../../agents/static/agents/visitor-panel.js";
import { nextTab } from "../../../agents/static/agents/list-tabs.js";
import { waitOf } from "../../../agents/static/agents/waits.js";
import { makeSay } from "../../../agents/static/agents/words.js";

const hrefs = (text) => linkify(text).filter((piece) => piece.href).map((piece) => piece.text);

/** A browser's storage keeps its entries as enumerable properties of its own. */
function makeStorage() {
  const methods = {
    getItem: (key) => storage[key] ?? null,
    setItem: (key, value) => void (storage[key] = value),
    removeItem: (key) => void delete storage[key],
  };
  const storage = Object.create(methods);
  return storage;
}

test("makes links of http and https addresses only (LC-29)", () => {
  assert.deepEqual(hrefs("See https://a.example/x?y=1, or (http://b.example)."), [
    "https://a.example/x?y=1",
    "http://b.example",
  ]);
  assert.deepEqual(hrefs("javascript:alert(1) data:text/html,x ftp://a.example www.a.example"), []);
  assert.equal(safeHref("javascript:alert(1)"), "");
});

test("keeps brackets that belong to an address, and every letter of the text (LC-29)", () => {
  const text = "(https://a.example/b_(c)) end";
  assert.deepEqual(hrefs(text), ["https://a.example/b_(c)"]);
  assert.equal(linkify(text).map((piece) => piece.text).join(""), text);
});

test("an address is found in capitals and ends before the sentence does (LC-29)", () => {
  assert.deepEqual(hrefs("HTTPS://A.example/X"), ["HTTPS://A.example/X"]);
  for (const end of [".", ",", ";", ":", "!", "?", "…", "»", "”", "’", "?!", ")."]) {
    assert.deepEqual(hrefs(`https://a.example/x${end} y`), ["https://a.example/x"], end);
  }
  assert.deepEqual(hrefs("xhttps://a.example"), []);
});

test("what looks like one site and leads to another is no link (LC-29)", () => {
  for (const address of ["https://bank.example@evil.example/", "https://:secret@evil.example/"]) {
    assert.deepEqual(linkify(`See ${address} now`), [{ text: `See ${address} now`, href: "" }]);
    assert.equal(safeHref(address), "");
  }
});

test("a link opens elsewhere, and the site it leads to neither reaches back nor learns from where (LC-29)", () => {
  const append = function (...children) {
    this.children = children;
  };
  const setAttribute = function (name, value) {
    this[name] = value;
  };
  globalThis.document = { createElement: (tag) => ({ tag, append, setAttribute }) };
  const { append: _append, setAttribute: _set, ...link } = makeLink("https://a.example/", "there");
  delete globalThis.document;
  const rel = "noopener noreferrer nofollow";
  assert.deepEqual(link, { tag: "a", href: "https://a.example/", target: "_blank", rel, children: ["there"] });
});

test("the server's time is known though this machine's clock is wrong", () => {
  const clock = new ServerClock(() => 1_000_000);
  clock.learn("1970-01-01T01:00:00Z", 999_900, 1_000_100);
  assert.equal(clock.now(), 3_600_000);
  clock.learn("1970-01-01T02:00:00Z", 990_000, 1_010_000);
  assert.equal(clock.now(), 3_600_000, "a slow answer doesn't replace a quick one");
  assert.equal(clock.until("1970-01-01T01:01:40Z"), 100_000);
  assert.equal(clock.until("1970-01-01T00:00:00Z"), 0);
});

test("counts down to 0:00, which means over (LC-22)", () => {
  assert.deepEqual([100_000, 65_000, 400, 0].map(countdown), ["1:40", "1:05", "0:01", "0:00"]);
});

test("tells a time shortly, in the agent's own zone", () => {
  const times = new Times("en-GB", "Europe/Stockholm", makeSay({ now: "now", minutes: "{n} min", today: "Today" }));
  const now = Date.parse("2026-03-02T12:00:00Z");
  const ago = (minutes) => times.short(new Date(now - minutes * 60_000).toISOString(), now);
  assert.deepEqual([ago(0.5), ago(4), ago(90), ago(60 * 24)], ["now", "4 min", "11:30", "Sun"]);
  assert.equal(times.dayOf("2026-03-01T23:30:00Z"), "2026-03-02");
  assert.equal(times.divider("2026-03-02T01:00:00Z", now), "Today");
});

test("fills sentences, and leaves what it doesn't know", () => {
  const say = makeSay({ seats: "{taken} of {seats} seats {x}" });
  assert.equal(say("seats", { taken: 0, seats: 10 }), "0 of 10 seats {x}");
  assert.equal(say("no_such_key"), "no_such_key");
});

test("a message keeps its row from sending to read, and shows how far it is (LC-30)", () => {
  const pending = { client_id: "x1", text: "Hi", at: Date.parse("2026-03-02T12:00:00Z"), status: "queued" };
  const saved = { client_id: "x1", text: "Hi", at: "2026-03-02T12:00:00Z", author: "agent", kind: "text", seq: 4 };
  const keysOf = (messages, queue) => rowsOf({ messages, pending: queue, dayOf: () => "d" }).map((row) => row.key);
  assert.deepEqual(keysOf([], [pending]), keysOf([saved], []));
  assert.equal(tickOf({ status: "queued" }), "pending");
  assert.equal(tickOf({ status: "failed" }), "failed");
  const marks = [{}, { visitor_delivered: 4 }, { visitor_delivered: 4, visitor_read: 4 }];
  assert.deepEqual(marks.map((mark) => tickOf(saved, mark)), ["sent", "delivered", "read"]);
});

test("groups a writer's lines, divides days, and marks the answer that was chosen", () => {
  const line = (seq, at, author = "visitor", rest = {}) => ({ seq, at, author, kind: "text", text: `t${seq}`, ...rest });
  const rows = rowsOf({
    messages: [
      line(1, "2026-03-01T12:00:00Z", "bot", { ask: { choices: [] } }),
      line(2, "2026-03-01T12:00:10Z"),
      line(3, "2026-03-01T12:01:00Z"),
      line(4, "2026-03-02T12:00:00Z"),
    ],
    pending: [],
    dayOf: (at) => new Date(at).toISOString().slice(0, 10),
  });
  assert.deepEqual(rows.map((row) => row.key), ["day-2026-03-01", "s-1", "s-2", "s-3", "day-2026-03-02", "s-4"]);
  assert.deepEqual(rows.filter((row) => row.isFollowing).map((row) => row.key), ["s-3"]);
  assert.equal(rows[1].chosen, "t2");
});

test("the end for want of words is counted down only for whoever can put it off (LC-31)", () => {
  const clock = { until: (at) => Date.parse(at) };
  const state = { phase: "active", idle_at: "1970-01-01T00:01:00Z" };
  assert.equal(endsIn({ state }, clock), 60_000);
  assert.equal(endsIn({ state, read_only: true }, clock), Infinity);
  assert.equal(endsIn({ state: { ...state, idle_at: undefined } }, clock), Infinity);
  assert.equal(endsIn({ state: { ...state, phase: "ended" } }, clock), Infinity);
  assert.equal(endsIn(undefined, clock), Infinity);
});

test("asks before ending only where the visitor wrote last (LC-32)", () => {
  const [visitor, agent, system] = ["visitor", "agent", "system"].map((author) => ({ author }));
  assert.equal(isUnanswered([agent, visitor, system]), true);
  assert.equal(isUnanswered([visitor, agent, system]), false);
  assert.equal(isUnanswered([]), false);
});

test("keeps unsent messages in order through a reload, and doesn't send what is an hour old (DL-05)", () => {
  const storage = makeStorage();
  let now = 10_000;
  const outbox = new Outbox(storage, 7, () => now);
  const items = ["one", "two"].map((text) => outbox.make("a", text));
  items.reverse().forEach((item) => outbox.keep(item));
  const reloaded = new Outbox(storage, 7, () => now);
  assert.deepEqual(reloaded.load().map((item) => item.text), ["one", "two"]);
  assert.match(items[0].client_id, /^[A-Za-z0-9_-]{8,64}$/);
  assert.deepEqual(new Outbox(storage, 8).load(), []);
  now += 3_600_001;
  assert.deepEqual(reloaded.load().map((item) => item.status), ["failed", "failed"]);
  reloaded.drop(items[0].client_id);
  assert.equal(reloaded.load().length, 1);
});

test("keeps a draft for each chat, and none after signing out (LC-33)", () => {
  const storage = makeStorage();
  const drafts = new Drafts(storage, 7);
  drafts.keep("a", "half a sen");
  drafts.keep("b", "other");
  drafts.keep("b", "");
  assert.deepEqual([drafts.read("a"), drafts.read("b")], ["half a sen", ""]);
  drafts.clear();
  assert.equal(drafts.read("a"), "");
  assert.equal(new Drafts(null, 7).read("a"), "", "blocked storage is no error");
});

test("the title counts unread messages, and alternates only while somebody waits (LC-37)", () => {
  const name = "Inbox · Switchboard";
  assert.equal(titleFor({ name, unread: 0, waiting: "", isTurn: true }), name);
  assert.equal(titleFor({ name, unread: 2, waiting: "", isTurn: true }), `(2) ${name}`);
  assert.equal(titleFor({ name, unread: 2, waiting: "Vera is waiting", isTurn: true }), "Vera is waiting");
  assert.equal(titleFor({ name, unread: 2, waiting: "Vera is waiting", isTurn: false }), `(2) ${name}`);
  const chats = { a: { unread: 2, state: { phase: "active" } }, b: { unread: 3, state: { phase: "ended" } } };
  assert.equal(countUnread({ chats, mentions: [] }), 2);
});

test("the ring is two tones and silence until 3 seconds are over (LC-21)", () => {
  const samples = tones([660, 880], 0.42, 3, 0.4);
  assert.equal(samples.length, 66_150);
  const loudest = (from, to) => Math.max(...samples.slice(from * 22_050, to * 22_050).map(Math.abs));
  assert.ok(loudest(0, 0.4) > 0.1 && loudest(0.45, 0.8) > 0.1);
  assert.equal(loudest(1, 3), 0);
  assert.ok(samples.every((sample) => Math.abs(sample) <= 1));
});

test("names of captured answers are made readable", () => {
  assert.equal(sayName("team_size"), "Team size");
});

test("a wait turns amber after 40 seconds and red after two minutes (LC-37)", () => {
  const say = makeSay({ minutes: "{n} min" });
  const grades = [0, 40_000, 40_001, 120_000, 120_001].map((age) => waitOf(age, say).grade);
  assert.deepEqual(grades, ["", "", "slow", "slow", "cold"]);
  assert.deepEqual([30_000, 60_000, 500_000].map((age) => waitOf(age, say).share), [0.25, 0.5, 1]);
  assert.deepEqual([65_900, 599_999, 600_000].map((age) => waitOf(age, say).time), ["1:05", "9:59", "10 min"]);
});

test("arrows lead round the tabs, mirrored where people read from right to left (LC-43)", () => {
  assert.deepEqual(["ArrowRight", "ArrowLeft", "Home", "End", "x"].map((key) => nextTab(0, key, 3)), [1, 2, 0, 2, null]);
  assert.equal(nextTab(2, "ArrowRight", 3), 0);
  assert.equal(nextTab(0, "ArrowRight", 3, true), 2);
});

test("a chat is over in which nothing more is said: there are only notes beside it (LC-42)", () => {
  const over = (phase) => isOver({ state: { phase } });
  assert.deepEqual(["active", "waiting", "bot"].map(over), [false, false, false]);
  assert.deepEqual(["ended", "missed", "abandoned", "done"].map(over), [true, true, true, true]);
  assert.equal(isOver(undefined), false);
  assert.equal(isMine({ state: { phase: "ended" } }), false);
});

test("what the visitor did is read again when the visitor was heard of, and for no other news (LC-39)", () => {
  const chat = { visitor: { name: "Vera", page_url: "/a" }, unread: 0 };
  const state = { open: "a", chats: { a: chat } };
  const after = (changed) => ({ ...state, chats: { a: { ...chat, ...changed } } });
  assert.equal(wasHeardOf(after({ visitor: { name: "Vera", page_url: "/b" } }), state), true);
  assert.equal(wasHeardOf(after({ visitor: { name: "Vera K", page_url: "/a" } }), state), true);
  assert.equal(wasHeardOf(after({ unread: 2 }), state), false);
  assert.equal(wasHeardOf(state, { open: "", chats: {} }), false);
  assert.equal(wasHeardOf({ open: "", chats: {} }, state), false);
});
