// The snippet's parts: storage that may be blocked, listeners that may throw, a panel that may not load (DG-16).
import assert from "node:assert/strict";
import test from "node:test";
import { createEvents } from "../../../chat/static/chat/widget/loader/events.js";
import { createFetching } from "../../../chat/static/chat/widget/loader/fetching.js";
import { BUTTON_WORDS, chooseLanguage, launcherName } from "../../../chat/static/chat/widget/loader/launcher_texts.js";
import { createMemory } from "../../../chat/static/chat/widget/loader/memory.js";
import { createTabs } from "../../../chat/static/chat/widget/loader/tabs.js";
import { blockedStorage, createStorage } from "./world.js";

test("what is kept is found again, under our own prefix only", () => {
  const storage = createStorage();
  createMemory("ours:", () => storage).set("open", true);
  assert.deepEqual([...storage.items.keys()], ["ours:open"]);
  assert.equal(createMemory("ours:", () => storage).get("open"), true);
});

test("blocked storage is no error, and the page still remembers", () => {
  const memory = createMemory("ours:", blockedStorage);
  memory.set("token", "abc");
  assert.equal(memory.get("token"), "abc");
  memory.clear();
  assert.equal(memory.get("token"), null);
});

test("a value that isn't ours is taken for none", () => {
  const storage = createStorage();
  storage.setItem("ours:queue", "{broken");
  assert.equal(createMemory("ours:", () => storage).get("queue"), null);
});

test("a listener can unsubscribe, once is once, and one that throws stops nobody", (context) => {
  context.mock.method(console, "error", () => {});
  const events = createEvents();
  const heard = [];
  events.on("open", () => { throw new Error("the page's own"); });
  const off = events.on("open", () => heard.push("on"));
  events.once("open", () => heard.push("once"));
  events.emit("open");
  off();
  events.emit("open");
  assert.deepEqual(heard, ["on", "once"]);
});

test("the panel is fetched once, however often it is wanted", async () => {
  const asked = [];
  const fetchPanel = createFetching({ url: "/p.js", bring: async (url) => { asked.push(url); return "panel"; }, wait: async () => {}, isWanted: () => true });
  assert.deepEqual(await Promise.all([fetchPanel(), fetchPanel()]), ["panel", "panel"]);
  assert.deepEqual(asked, ["/p.js"]);
});

test("while somebody wants it, it is tried again under another address", async () => {
  const asked = [];
  const bring = async (url) => {
    asked.push(url);
    if (asked.length < 3) throw new Error("offline");
    return "panel";
  };
  assert.equal(await createFetching({ url: "/p.js", bring, wait: async () => {}, isWanted: () => true })(), "panel");
  assert.deepEqual(asked, ["/p.js", "/p.js?try=1", "/p.js?try=2"]);
});

test("a failed guess is given up, and a later click tries again", async () => {
  let isWanted = false;
  let isOnline = false;
  const bring = async () => {
    if (!isOnline) throw new Error("offline");
    return "panel";
  };
  const fetchPanel = createFetching({ url: "/p.js", bring, wait: async () => {}, isWanted: () => isWanted });
  await assert.rejects(fetchPanel());
  isWanted = isOnline = true;
  assert.equal(await fetchPanel(), "panel");
});

test("the page's language comes first, then the browser's, then English", () => {
  const known = ["de", "en", "sv"];
  assert.equal(chooseLanguage(["sv-SE", "de"], known), "sv");
  assert.equal(chooseLanguage(["fi", "sv"], known), "sv");
  assert.equal(chooseLanguage(["", undefined, "fi"], known), "en");
});

test("the button's name says what a press does and how much is unread", () => {
  assert.equal(launcherName(BUTTON_WORDS, false, 0), "Open chat");
  assert.equal(launcherName(BUTTON_WORDS, false, 2), "Open chat, 2 unread");
  assert.equal(launcherName(BUTTON_WORDS, true, 2), "Close chat");
});

test("without a channel between tabs everything else still works", () => {
  const tabs = createTabs("t", undefined);
  const off = tabs.listen(() => {});
  tabs.tell({ type: "open" });
  off();
  tabs.close();
});
