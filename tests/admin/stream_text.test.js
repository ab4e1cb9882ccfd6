import assert from "node:assert/strict";
import test from "node:test";

import { isEmptyStream } from "../../chat/static/chat/admin/stream_text.js";

test("a stream without cards may be filled", () => {
  for (const text of ["", " \n", "{}", '{"start": null, "cards": {}}']) assert.equal(isEmptyStream(text), true, text);
});

test("whatever somebody has written is kept", () => {
  const written = ['{"cards": {"a": {}}}', '{"start": "a"}', "{not json", "null", "3 cards"];
  for (const text of written) assert.equal(isEmptyStream(text), false, text);
});
