import assert from "node:assert/strict";
import { test } from "node:test";

import { linkTo, noteOf } from "../../../agents/static/agents/mention-link.js";
import { findColleagues, mentionsIn, MOST, splitMentions, typedName } from "../../../agents/static/agents/mention-text.js";
import { Drafts, noteDraftOf, Outbox } from "../../../agents/static/agents/outbox.js";
import { initialState, reduce } from "../../../agents/static/agents/reducer.js";
import { postOf } from "../../../agents/static/agents/replies.js";
import { rowsOf } from "../../../agents/static/agents/rows.js";
import { countUnread } from "../../../agents/static/agents/title.js";

const AT = "2026-03-02T12:00:00Z";
const ANN = { id: 1, name: "Ann Berg" };
const ANNA = { id: 2, name: "Ann" };
const BO = { id: 3, name: "Bo (Stockholm) Ek" };
const mention = (number, conversation = "a") => ({ conversation, number, name: "Ida", visitor: "Vera", text: "t", at: AT });
const mentions = (...rows) => ({ type: "mentions", mentions: rows });
const welcome = (...rows) => ({ type: "welcome", now: AT, availability: {}, mentions: rows });
const run = (...actions) => actions.reduce(reduce, initialState({ me: { id: 7 } }));
const pieces = (text, ...called) => splitMentions(text, called).map(({ text: piece, mention: of }) => (of ? [piece, of.id] : piece));

test("a note's text has those it calls marked, the longest name first (LC-42)", () => {
  assert.deepEqual(pieces("Ask @Ann Berg, or @Ann.", ANNA, ANN), ["Ask ", ["@Ann Berg", 1], ", or ", ["@Ann", 2], "."]);
  assert.deepEqual(pieces("@Bo (Stockholm) Ek", BO), [["@Bo (Stockholm) Ek", 3]]);
  const signs = { id: 4, name: "A-b/c.d*[e]\\f+$&^|{g}?" };
  assert.deepEqual(pieces(`Hi @${signs.name}!`, signs), ["Hi ", [`@${signs.name}`, 4], "!"]);
  assert.deepEqual(pieces("@A-b/cxd", signs), ["@A-b/cxd"]);
  assert.deepEqual(pieces("@Anna and @Ann_x, @Annö", ANNA), ["@Anna and @Ann_x, @Annö"]);
  assert.deepEqual(pieces("@Ann Berg"), ["@Ann Berg"]);
  assert.deepEqual(pieces("", ANN), []);
});

test("who was picked is called while the name stands in the text, once, and so many at most", () => {
  assert.deepEqual(mentionsIn("@Ann Berg @Ann Berg", [ANN, ANNA, ANN]), [ANN]);
  assert.deepEqual(mentionsIn("@Ann Ber", [ANN]), []);
  const namesake = { id: 9, name: "Ann Berg" };
  assert.deepEqual(mentionsIn("@Ann Berg", [ANN, namesake]), [ANN, namesake]);
  const crowd = Array.from({ length: MOST + 1 }, (_none, id) => ({ id, name: `N${id}` }));
  assert.equal(mentionsIn(crowd.map(({ name }) => `@${name}`).join(" "), crowd).length, MOST);
});

test('a name is looked for behind an "@" that begins a word, up to the caret', () => {
  const cases = { "@": "", "Ask @an": "an", "(@Ann Be": "Ann Be", "a\n@b": "b", "Hi @ann @bo": "bo" };
  for (const [before, typed] of Object.entries(cases)) assert.equal(typedName(before), typed, before);
  for (const before of ["", "ann@example.com", "@ ", "@ann\nand", `@${"x".repeat(62)}`]) assert.equal(typedName(before), null, before);
});

test("colleagues are found by letters of their names; words that stand in no name are a sentence", () => {
  const names = (typed) => findColleagues([BO, ANN, ANNA], typed).map(({ id }) => id);
  assert.deepEqual(names(""), [3, 1, 2]);
  assert.deepEqual(names("ann"), [2, 1]);
  assert.deepEqual(names("brg"), [1]);
  assert.deepEqual(names("ANN B"), [1]);
  assert.deepEqual(names("ann can you"), []);
  assert.deepEqual(names("ann g"), []);
});

test("a note is sent with the ids of whom it calls, and a reply never with any (DL-05)", () => {
  const outbox = new Outbox(null, 7);
  const note = outbox.make("a", "@Ann Berg?", "note", [ANN]);
  assert.deepEqual(postOf(note), { type: "note", conversation: "a", client_id: note.client_id, text: "@Ann Berg?", mentions: [1] });
  assert.equal("mentions" in postOf(outbox.make("a", "Nobody", "note")), false);
  assert.equal("mentions" in postOf({ ...note, kind: "post" }), false);
});

test("whom a half-written note calls is kept with it, and cleared with it", () => {
  const kept = {};
  Object.defineProperties(kept, {
    getItem: { value: (key) => kept[key] ?? null },
    setItem: { value: (key, text) => (kept[key] = text) },
    removeItem: { value: (key) => delete kept[key] },
  });
  const drafts = new Drafts(kept, 7);
  drafts.keepMentions("a", [ANN]);
  assert.deepEqual([drafts.readMentions("a"), drafts.readMentions("b")], [[ANN], []]);
  assert.deepEqual([drafts.read("a"), drafts.read(noteDraftOf("a"))], ["", ""]);
  drafts.keepMentions("a", []);
  assert.deepEqual(Object.keys(kept), []);
  drafts.keepMentions("a", [ANN]);
  drafts.clear();
  assert.deepEqual(drafts.readMentions("a"), []);
});

test("a colleague who can't be called is taken out of the note that waits; all else of it stays (DL-05)", () => {
  const item = { client_id: "n", kind: "note", conversation: "a", text: "@Ann Berg @Ann", mentions: [ANN, ANNA], at: 0 };
  const refused = { type: "error", code: "mention_refused", text: "No", client_id: "n", field: "mentions[0]" };
  const [after] = run({ type: "queued", item }, refused).outbox;
  assert.deepEqual(after, { ...item, mentions: [ANNA], status: "failed", error: "No" });
  const [other] = run({ type: "queued", item }, { ...refused, field: "mentions" }).outbox;
  assert.deepEqual(other.mentions, [ANN, ANNA]);
  const [kept] = run({ type: "queued", item }, refused, { type: "outbox_loaded", items: [item] }).outbox;
  assert.deepEqual(kept, after, "what another tab writes brings nobody back into it");
});

test("mentions count until they are looked at; only what comes while the page is open is told", () => {
  const state = run(welcome(mention(1)), mentions(mention(2), mention(1)));
  assert.equal(countUnread(state), 2);
  assert.deepEqual(state.mentionNews, [mention(2)]);
  const told = reduce(state, { type: "mentions_told" });
  assert.deepEqual(reduce(told, mentions(mention(3, "b"), mention(2))).mentionNews, [mention(3, "b")]);
  // What was taken back in between is told no more.
  assert.deepEqual(reduce(state, mentions(mention(1))).mentionNews, []);
  assert.deepEqual([run(welcome(mention(1)), welcome()).mentions, countUnread(run(welcome()))], [[], 0]);
});

test("a note's row has its number and whom it calls, on its way and after", () => {
  const note = { number: 4, after: 0, client_id: "n", name: "Ida", text: "@Ann Berg", at: AT, mentions: [ANN] };
  const pending = { kind: "note", client_id: "m", text: "@Ann", at: 0, status: "queued", mentions: [ANNA] };
  const rows = rowsOf({ messages: [], notes: [note], pending: [pending], dayOf: () => "d" }).slice(1);
  assert.deepEqual(rows.map((row) => [row.message.number, row.message.mentions]), [[4, [ANN]], [undefined, [ANNA]]]);
});

test("a link leads to the note beside its conversation", () => {
  const { href } = linkTo({ conversation: "6f1c", number: 12 }, "/inbox/");
  assert.equal(href, "/inbox/6f1c/#note-12");
  assert.equal(noteOf(new URL(href, "https://x.example").hash), 12);
  for (const hash of ["", "#reply", "#note-", "#note-x", "#note-1x"]) assert.equal(noteOf(hash), 0, hash);
});
