import assert from "node:assert/strict";
import { test } from "node:test";

import { findCommands, listChats } from "../../../agents/static/agents/commands.js";
import { initialState } from "../../../agents/static/agents/reducer.js";

const say = (key, values = {}) => [key, ...Object.values(values)].join(" ");
const NOW = Date.parse("2026-03-02T12:00:00Z");

function chat(id, { name = id, company = "", phase = "active", ...rest } = {}) {
  const state = { conversation: id, phase, last_seq: 1 };
  return { state, visitor: { name, company, email: "" }, last_text: "So?", ...rest };
}

function list(chats, { open = "", ...rest } = {}) {
  const state = { ...initialState({ me: { id: 7 }, chats, open }), connection: "online", ...rest };
  return listChats(state, { say, now: NOW });
}

const labels = (commands) => commands.map(({ label }) => label);
const found = (commands, typed) => findCommands(commands, typed).map(({ group, commands: members }) => [group, ...labels(members)]);

test("chats come as they are needed: running, offered, past, and never the open one or somebody else's (LC-43)", () => {
  const chats = [
    chat("past", { phase: "ended", last_at: "2026-03-02T11:59:00Z" }),
    chat("old", { last_at: "2026-03-02T10:00:00Z" }),
    chat("new", { last_at: "2026-03-02T11:00:00Z" }),
    chat("open"),
    chat("hers", { read_only: true }),
    chat("gone", { phase: "ended", is_elsewhere: true }),
  ];
  const offers = [{ id: "1", visitor: { name: "Omar" } }, { id: "2", deciding: "accept", visitor: { name: "Ola" } }];
  assert.deepEqual(labels(list(chats, { open: "open", offers })), ["new", "old", "command_accept Omar", "past"]);
  assert.deepEqual(labels(list([], { offers, connection: "waiting" })), [], "nothing can be accepted without a connection");
});

test("each says what it is about and how it stands (LC-43)", () => {
  const waiting = chat("a", { waiting_since: "2026-03-02T11:59:00Z", company: "Acme" });
  const [first] = list([waiting]);
  assert.deepEqual([first.hint, first.about], ["Acme", "waits 1:00"]);
  assert.deepEqual(list([chat("b")])[0].hint, "So?");
  assert.equal(list([waiting], { endings: { a: {} } })[0].about, "ending_short");
  assert.equal(list([chat("c", { phase: "missed" })])[0].about, "phase_missed");
});

test("visitors are found by name and company, whatever letters are left out (LC-43)", () => {
  const commands = [
    ...list([chat("1", { name: "Vera Öberg" }), chat("2", { name: "Omar", company: "Vertigo AB" })]),
    { id: "end", group: "chat", label: "End the session" },
    { id: "next", group: "chat", label: "End and open the next chat" },
  ];
  assert.deepEqual(found(commands, "ver"), [["chats", "Vera Öberg", "Omar"]]);
  assert.deepEqual(found(commands, "oberg"), [["chats", "Vera Öberg"]]);
  assert.deepEqual(found(commands, "end"), [["chat", "End the session", "End and open the next chat"]]);
  assert.deepEqual(found(commands, "endnext"), [["chat", "End and open the next chat"]]);
  assert.deepEqual(found(commands, "zzz"), []);
});

test("the best stands first with its group, and the groups keep together (LC-43)", () => {
  const commands = [
    { id: "1", group: "chat", label: "Transfer the chat" },
    { id: "2", group: "pages", label: "Inbox" },
    { id: "3", group: "chats", label: "Ina" },
    { id: "4", group: "pages", label: "Administration" },
  ];
  assert.deepEqual(found(commands, "in"), [["pages", "Inbox", "Administration"], ["chats", "Ina"]]);
});

test("before anything is typed only the last past chats are in the way; a word finds every one (LC-43)", () => {
  const past = Array.from({ length: 9 }, (_, at) => chat(`p${at}`, { name: `Past ${at}`, phase: "ended" }));
  const commands = [...list(past), { id: "page", group: "pages", label: "Inbox" }];
  assert.deepEqual(found(commands, " ").map((group) => group.length), [4, 2]);
  assert.equal(found(commands, "past")[0].length, 10);
});
