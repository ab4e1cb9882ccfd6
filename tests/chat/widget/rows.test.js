// The transcript's lines: groups, days, receipts, and what waits (LC-30, DL-05).
import assert from "node:assert/strict";
import test from "node:test";
import { transcriptRows } from "../../../chat/static/chat/widget/panel/rows.js";
import { EMPTY_VIEW } from "../../../chat/static/chat/widget/panel/view.js";

const view = (messages, extra = {}) => ({ ...EMPTY_VIEW, messages, state: { phase: "active", can: ["post"] }, ...extra });
const say = (seq, author, at, extra = {}) => ({ seq, author, kind: "text", text: `line ${seq}`, at, ...extra });
const marks = (values) => ({ ...EMPTY_VIEW.marks, ...values });
const spoken = (rows) => rows.filter((row) => row.kind === "message");

test("lines of one voice within five minutes are a group", () => {
  const rows = spoken(transcriptRows(view([
    say(1, "bot", "2026-03-02T10:00:00Z"), say(2, "bot", "2026-03-02T10:01:00Z"), say(3, "bot", "2026-03-02T10:09:00Z"), say(4, "agent", "2026-03-02T10:09:10Z"),
  ]), [], true));
  assert.deepEqual(rows.map((row) => [row.first, row.last]), [[true, false], [false, true], [true, true], [true, true]]);
});

test("each day is named once", () => {
  const rows = transcriptRows(view([say(1, "bot", "2026-03-02T12:00:00Z"), say(2, "bot", "2026-03-02T12:01:00Z"), say(3, "bot", "2026-03-04T12:00:00Z")]), [], true);
  assert.deepEqual(rows.map((row) => row.kind), ["day", "message", "message", "day", "message"]);
});

for (const [name, values, receipt] of [
  ["nothing", {}, "sent"], ["that it came", { agent_delivered: 2 }, "delivered"], ["that it was looked at", { agent_delivered: 2, agent_read: 2 }, "read"],
]) {
  test(`when the agent's side has told ${name}, the last own line is ${receipt}`, () => {
    const messages = [say(1, "visitor", "2026-03-02T10:00:00Z"), say(2, "visitor", "2026-03-02T10:00:01Z"), say(3, "agent", "2026-03-02T10:00:02Z")];
    const rows = spoken(transcriptRows(view(messages, { marks: marks(values) }), [], true));
    assert.deepEqual(rows.map((row) => row.receipt), [undefined, receipt, undefined]);
  });
}

test("how far the last line has come is told while an agent is asked and after the end, too", () => {
  const phases = ["waiting", "active", "ended", "bot", "missed", "abandoned", "done"];
  const receipts = phases.map((phase) => {
    const lines = view([say(1, "visitor", "2026-03-02T10:00:00Z")], { state: { phase, can: [] } });
    return spoken(transcriptRows(lines, [], true))[0].receipt;
  });
  assert.deepEqual(receipts, ["sent", "sent", "sent", undefined, undefined, undefined, undefined]);
});

test("a line to the bot has no receipt", () => {
  const rows = spoken(transcriptRows(view([say(1, "visitor", "2026-03-02T10:00:00Z")], { state: { phase: "bot", can: [] } }), [], true));
  assert.equal(rows[0].receipt, undefined);
});

test("what another tab has sent already is shown once, also while it is still in the shared queue", () => {
  const sent = say(1, "visitor", "2026-03-02T10:00:00Z", { client_id: "a" });
  const queued = [{ type: "post", client_id: "a", label: "line 1", at: Date.parse(sent.at) }];
  const rows = spoken(transcriptRows(view([sent]), queued, true));
  assert.deepEqual(rows.map((row) => [row.key, row.seq]), [["c:a", 1]]);
});

test("what waits comes last and says why it waits", () => {
  const queued = [{ type: "post", client_id: "a", label: "hello", at: Date.parse("2026-03-02T10:00:05Z") }];
  const said = [say(1, "agent", "2026-03-02T10:00:00Z")];
  assert.equal(spoken(transcriptRows(view(said), queued, true)).at(-1).receipt, "sending");
  assert.equal(spoken(transcriptRows(view(said), queued, false)).at(-1).receipt, "held");
  assert.equal(spoken(transcriptRows(view(said), [{ ...queued[0], sent: true }], true)).at(-1).receipt, "sent");
  assert.equal(spoken(transcriptRows(view(said), [{ ...queued[0], failed: "No." }], true)).at(-1).receipt, "failed");
});

test("a message keeps its line when it is confirmed", () => {
  const at = "2026-03-02T10:00:05Z";
  const [, waiting] = transcriptRows(view([]), [{ type: "post", client_id: "a", label: "hello", at: Date.parse(at) }], true);
  const [, confirmed] = transcriptRows(view([say(1, "visitor", at, { client_id: "a" })]), [], true);
  assert.equal(waiting.key, confirmed.key);
});
