import assert from "node:assert/strict";
import test from "node:test";

import { createKeeper, findPlace, moveTo, scrollBy } from "../../routing/static/routing/rule_moves.js";

/** A server that answers when it is told to. */
function makeServer() {
  const asked = [];
  const told = { saved: [], failed: [] };
  return {
    asked,
    told,
    send: (shown, wanted) =>
      new Promise((resolve, reject) => asked.push({ shown: shown.join(""), wanted: wanted.join(""), resolve, reject })),
    saved: (answer) => told.saved.push(answer),
    failed: (ids, error) => told.failed.push([ids.join(""), error.message]),
  };
}

const soon = () => new Promise((done) => setImmediate(done));

test("a row is moved among the others, and never past an end", () => {
  assert.deepEqual(moveTo(["a", "b", "c"], "c", 0), ["c", "a", "b"]);
  assert.deepEqual(moveTo(["a", "b", "c"], "a", 1), ["b", "a", "c"]);
  assert.deepEqual(moveTo(["a", "b", "c"], "b", 9), ["a", "c", "b"]);
  assert.deepEqual(moveTo(["a", "b", "c"], "b", -1), ["b", "a", "c"]);
});

test("the pointer's place is behind each row whose middle it has passed", () => {
  assert.equal(findPlace([10, 30, 50], 5), 0);
  assert.equal(findPlace([10, 30, 50], 31), 2);
  assert.equal(findPlace([10, 30, 50], 900), 3);
});

test("a page scrolls only near its edges, and faster the nearer", () => {
  assert.equal(scrollBy(400, 800), 0);
  assert.ok(scrollBy(0, 800) < scrollBy(40, 800) && scrollBy(40, 800) < 0);
  assert.ok(scrollBy(800, 800) > scrollBy(760, 800) && scrollBy(760, 800) > 0);
  assert.equal(scrollBy(-500, 800), scrollBy(0, 800));
});

test("while one order is on its way only the newest of the others follows", async () => {
  const server = makeServer();
  const keeper = createKeeper(["a", "b", "c"], server);
  const done = keeper.want(["b", "a", "c"]);
  keeper.want(["b", "c", "a"]);
  keeper.want(["c", "b", "a"]);
  assert.equal(keeper.isSaving, true);
  server.asked[0].resolve("first");
  await soon();
  server.asked[1].resolve("second");
  assert.equal(await done, true);
  assert.deepEqual(server.asked.map(({ shown, wanted }) => `${shown} ${wanted}`), ["abc bac", "bac cba"]);
  assert.deepEqual(server.told, { saved: ["first", "second"], failed: [] });
  assert.equal(keeper.isSaving, false);
});

test("what the server refuses is taken back to what it has", async () => {
  const server = makeServer();
  const keeper = createKeeper(["a", "b", "c"], server);
  const done = keeper.want(["b", "a", "c"]);
  server.asked[0].resolve("first");
  await soon();
  const refused = keeper.want(["c", "b", "a"]);
  server.asked[1].reject(new Error("moved meanwhile"));
  assert.deepEqual(await Promise.all([done, refused]), [true, false]);
  assert.deepEqual(server.told.failed, [["bac", "moved meanwhile"]]);
  assert.deepEqual(keeper.wanted, ["b", "a", "c"]);
  keeper.want(["a", "b", "c"]);
  assert.equal(server.asked[2].shown, "bac");
});

test("an order that is as it was asks for nothing", async () => {
  const server = makeServer();
  assert.equal(await createKeeper(["a", "b"], server).want(["a", "b"]), true);
  assert.deepEqual(server.asked, []);
});
