import assert from "node:assert/strict";
import test from "node:test";

import { isTooLarge } from "../../config/installation/static/installation/file_size.js";

test("a file may have as many bytes as it says, and not one more", () => {
  assert.equal(isTooLarge([{ size: 10 }], 10), false);
  assert.equal(isTooLarge([{ size: 1 }, { size: 11 }], 10), true);
  assert.equal(isTooLarge([], 10), false);
});
