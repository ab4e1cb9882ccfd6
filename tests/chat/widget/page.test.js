// What the snippet does on a page before anybody opens it: sessions, events, page changes, its own storage and JSON.
import assert from "node:assert/strict";
import test from "node:test";
import { createLife } from "../../../chat/static/chat/widget/loader/life.js";
import { createMemory } from "../../../chat/static/chat/widget/loader/memory.js";
import { isMet, rememberMet } from "../../../chat/static/chat/widget/loader/met.js";
import { decode, encode } from "../../../chat/static/chat/widget/loader/natives.js";
import { describePage, plain, watchPages } from "../../../chat/static/chat/widget/loader/pages.js";
import { createSessions } from "../../../chat/static/chat/widget/loader/sessions.js";
import { createTriggers } from "../../../chat/static/chat/widget/page_events/triggers.js";
import { createStorage } from "./world.js";

const MINUTE_MS = 60_000;

function createClock() {
  let time = 1_000_000;
  return { now: () => time, pass: (ms) => { time += ms; } };
}

function createPage({ storage = createStorage(), clock = createClock(), height = 3_000 } = {}) {
  const memory = createMemory("t:", () => storage);
  const sessions = createSessions(memory, globalThis.crypto, clock.now);
  const page = Object.assign(new EventTarget(), { hidden: false, title: "Prices", referrer: "", documentElement: { scrollHeight: height, clientHeight: 1_000 } });
  const scope = Object.assign(new EventTarget(), { scrollY: 0, performance: { now: clock.now }, location: { href: "https://shop.example/prices?token=1#a" } });
  const timers = [];
  const life = { ...createLife(), later: (name, ms, action) => timers.push([ms, action]), stop: () => timers.splice(0) };
  const triggers = createTriggers({ page, scope, memory, sessions, life, address: () => plain(scope.location.href) });
  const wait = (ms) => {
    clock.pass(ms);
    for (const [, action] of timers.splice(0)) action();
  };
  return { memory, sessions, page, scope, triggers, wait, storage, clock, life, timers };
}

const dialogue = (events, version = 1) => ({ id: `d1.${version}`, events });

test("a session ends after thirty minutes without activity, not before", () => {
  const { sessions, clock } = createPage();
  const first = sessions.touch().id;
  clock.pass(29 * MINUTE_MS);
  assert.equal(sessions.touch().id, first);
  clock.pass(31 * MINUTE_MS);
  assert.notEqual(sessions.touch().id, first);
});

test("a session's id fits the protocol, and a clock put back five hours begins another one", () => {
  const { sessions, clock } = createPage();
  const first = sessions.touch().id;
  assert.match(first, /^[A-Za-z0-9_-]{16,64}$/);
  clock.pass(-5 * 60 * MINUTE_MS);
  assert.notEqual(sessions.touch().id, first);
});

test("what was shown or closed is noted once a session", () => {
  const { sessions, clock } = createPage();
  assert.equal(sessions.note("shown", "d1.1"), true);
  assert.equal(sessions.note("shown", "d1.1"), false);
  clock.pass(31 * MINUTE_MS);
  assert.equal(sessions.note("shown", "d1.1"), true);
});

test("an event is more than its bound, and met once it is met for good, also for a newer version", () => {
  const { triggers, wait, memory } = createPage();
  let times = 0;
  triggers.watch(dialogue({ page: 5 }), () => { times += 1; });
  wait(5_000);
  assert.equal(times, 0);
  wait(100);
  assert.equal(times, 1);
  assert.equal(isMet(memory, dialogue({ page: 5 }, 2)), true);
  assert.equal(isMet(memory, { id: "d2.1", events: { page: 5 } }), false);
});

test("time already spent on a page counts when the visitor comes back to it, time out of sight doesn't", () => {
  const first = createPage();
  first.triggers.watch(dialogue({ page: 10 }), () => {});
  first.clock.pass(6_000);
  first.page.hidden = true;
  first.page.dispatchEvent(new Event("visibilitychange"));
  first.clock.pass(60_000);
  const again = createPage({ storage: first.storage, clock: first.clock });
  let isShown = false;
  again.triggers.watch(dialogue({ page: 10 }), () => { isShown = true; });
  again.wait(3_000);
  assert.equal(isShown, false);
  again.wait(1_100);
  assert.equal(isShown, true);
});

test("all events must have happened, in whatever order and on whatever pages", () => {
  const { triggers, wait, scope } = createPage();
  let isShown = false;
  triggers.watch(dialogue({ site: 3, scroll: 50 }), () => { isShown = true; });
  scope.scrollY = 1_001;
  scope.dispatchEvent(new Event("scroll"));
  assert.equal(isShown, false);
  scope.location.href = "https://shop.example/other";
  scope.scrollY = 0;
  triggers.watch(dialogue({ site: 3, scroll: 50 }), () => { isShown = true; });
  wait(3_100);
  assert.equal(isShown, true);
});

test("exactly half is not more than half, and a page that fits the screen was seen whole", () => {
  const { triggers, scope, memory } = createPage();
  triggers.watch(dialogue({ scroll: 50 }), () => {});
  scope.scrollY = 1_000;
  scope.dispatchEvent(new Event("scroll"));
  assert.equal(isMet(memory, dialogue({ scroll: 50 })), false);
  const short = createPage({ height: 900 });
  let isShown = false;
  short.triggers.watch(dialogue({ scroll: 50 }), () => { isShown = true; });
  assert.equal(isShown, true);
});

test("nothing is kept of pages where no dialogue waits", () => {
  const { triggers, clock, page, storage } = createPage();
  triggers.watch(null, () => {});
  clock.pass(5_000);
  page.dispatchEvent(new Event("visibilitychange"));
  assert.deepEqual([...storage.items.keys()], []);
});

test("memory of events keeps to a bound", () => {
  const { memory } = createPage();
  for (let count = 0; count < 150; count += 1) rememberMet(memory, { id: `d${count}.1` }, ["page"]);
  assert.equal(Object.keys(memory.get("met")).length, 100);
  assert.equal(isMet(memory, { id: "d149.1", events: { page: 1 } }), true);
});

test("a page is told without query, fragment and our own unread count", () => {
  const { page, scope } = createPage();
  page.title = "(2) Prices";
  assert.deepEqual(describePage(page, scope), { url: "https://shop.example/prices", title: "Prices", referrer: "" });
});

test("a move is told once it has settled, another fragment is none", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { page, scope } = createPage();
  scope.navigation = new EventTarget();
  const moves = [];
  watchPages(page, scope, createLife(), () => moves.push(scope.location.href));
  const go = (href, target, type) => {
    scope.location.href = href;
    target.dispatchEvent(new Event(type));
    context.mock.timers.tick(100);
  };
  go("https://shop.example/prices#top", scope, "hashchange");
  go("https://shop.example/bikes", scope.navigation, "currententrychange");
  go("https://shop.example/prices", scope, "popstate");
  assert.deepEqual(moves, ["https://shop.example/bikes", "https://shop.example/prices"]);
});

test("without a Navigation API it looks once a second, and only while there is somebody to look for", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { page, scope } = createPage();
  const moves = [];
  watchPages(page, scope, createLife(), () => moves.push(1));
  scope.location.href = "https://shop.example/a";
  context.mock.timers.tick(1_000);
  page.hidden = true;
  context.mock.timers.tick(1_000);
  scope.location.href = "https://shop.example/b";
  context.mock.timers.tick(10_000);
  assert.equal(moves.length, 1);
  page.hidden = false;
  page.dispatchEvent(new Event("visibilitychange"));
  assert.equal(moves.length, 2);
});

test("old libraries' toJSON changes nothing of ours, and stays where it was", () => {
  Array.prototype.toJSON = () => "spoilt";
  try {
    assert.equal(encode({ list: [1, "two"] }), '{"list":[1,"two"]}');
    assert.equal(JSON.stringify([1]), '"spoilt"');
  } finally {
    delete Array.prototype.toJSON;
  }
});

test("JSON that the page replaces afterwards isn't the one we use", () => {
  const { parse, stringify } = JSON;
  try {
    JSON.parse = JSON.stringify = () => { throw new Error("the page's own"); };
    assert.deepEqual(decode(encode({ a: [1] })), { a: [1] });
  } finally {
    Object.assign(JSON, { parse, stringify });
  }
});

test("after the end no listener answers and no timer runs", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const life = createLife();
  const target = new EventTarget();
  let times = 0;
  life.listen(target, "x", () => { times += 1; });
  life.later("t", 10, () => { times += 1; });
  life.end();
  target.dispatchEvent(new Event("x"));
  context.mock.timers.tick(100);
  assert.equal(times, 0);
});
