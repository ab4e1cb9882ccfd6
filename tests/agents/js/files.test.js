import assert from "node:assert/strict";
import { test } from "node:test";

import { faultOf, LARGEST, saySize } from "../../../agents/static/agents/files.js";
import { initialState, reduce } from "../../../agents/static/agents/reducer.js";
import { rowsOf } from "../../../agents/static/agents/rows.js";

const AT = "2026-03-02T12:00:00Z";
const UPLOAD = { client_id: "f1", conversation: "a", at: Date.parse(AT), text: "photo.png" };
const SENT = { type: "message", conversation: "a", seq: 2, author: "agent", kind: "text", text: "photo.png", at: AT };

const state = (visitor = {}) => ({ conversation: "a", revision: 1, phase: "active", last_seq: 1, ...visitor });
const opened = () =>
  initialState({
    me: { id: 7, name: "Ann" },
    chats: [{ state: state(), visitor: { name: "Vera" } }],
    open: "a",
    messages: [{ ...SENT, seq: 1, author: "visitor", text: "Hello" }],
    files: true,
  });
const run = (held, ...actions) => actions.reduce(reduce, held);

test("what can't be sent is known before it is sent (LC-35)", () => {
  assert.equal(faultOf({ size: 100, type: "image/png" }), "");
  assert.equal(faultOf({ size: LARGEST, type: "application/pdf" }), "");
  assert.equal(faultOf({ size: LARGEST + 1, type: "image/png" }), "file_too_large");
  assert.equal(faultOf({ size: 0, type: "image/png" }), "file_empty");
  for (const type of ["image/svg+xml", "text/html", ""]) assert.equal(faultOf({ size: 1, type }), "file_refused");
});

test("sizes are said as people say them", () => {
  assert.equal(saySize(100, "en"), "1 kB");
  assert.equal(saySize(284_113, "en"), "284 kB");
  assert.equal(saySize(1_550_000, "en"), "1.6 MB");
  assert.equal(saySize(1_550_000, "sv"), "1,6 MB");
});

test("a file on its way is a row that its message takes the place of, whichever way it comes (LC-35)", () => {
  const sending = run(opened(), { type: "uploading", upload: UPLOAD });
  const rows = rowsOf({ messages: sending.threads.a.messages, pending: sending.uploads, dayOf: () => "" });
  assert.deepEqual([rows.at(-1).key, rows.at(-1).message.status], ["c-f1", "queued"]);
  const message = { ...SENT, client_id: "f1", file: { id: "x", type: "image/png" } };
  assert.deepEqual(run(sending, message).uploads, []);
  assert.equal(run(sending, message, message).threads.a.messages.length, 2);
  const page = { type: "messages", conversation: "a", messages: [message] };
  assert.deepEqual(run(sending, page).uploads, []);
});

test("a file that failed says why, and is sent again or let go", () => {
  const failed = run(
    opened(),
    { type: "uploading", upload: UPLOAD },
    { type: "upload_failed", client_id: "f1", error: "This file is too large." },
  );
  assert.deepEqual([failed.uploads[0].status, failed.uploads[0].error], ["failed", "This file is too large."]);
  assert.equal(run(failed, { type: "upload_retried", client_id: "f1" }).uploads[0].status, "queued");
  assert.deepEqual(run(failed, { type: "upload_gone", client_id: "f1" }).uploads, []);
});

test("a welcome says whether files may be sent", () => {
  const welcome = { type: "welcome", now: AT, availability: {} };
  assert.equal(run(opened(), welcome).files, false);
  assert.equal(run(opened(), { ...welcome, files: true }).files, true);
});

test("more that is known of a visitor is shown, and of nobody else", () => {
  const visitor = { name: "Ada", email: "ada@fleet.example", verified: ["email"] };
  const changed = run(opened(), { type: "visitor", conversation: "a", visitor });
  assert.deepEqual(changed.chats.a.visitor, visitor);
  const held = opened();
  assert.equal(run(held, { type: "visitor", conversation: "b", visitor }), held);
});
