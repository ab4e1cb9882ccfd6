import { ServerClock } from "./clock.js";
import { Connection } from "./connection.js";
import { readJson } from "./dom.js";
import { Endings } from "./endings.js";
import { Drafts, openStorage, Outbox } from "./outbox.js";
import { initialState, reduce } from "./reducer.js";
import { heldSeqs, isAstray, postOf, repliesTo } from "./replies.js";
import { createStore } from "./store.js";
import { Times } from "./times.js";
import { makeSay } from "./words.js";

/** A page that is astray starts over at most so often. */
const RESTART_EVERY = 60_000;
const LOOK_AT_ENDINGS_EVERY = 250;

export const config = readJson("page-config");
export const say = makeSay(config.words);
export const clock = new ServerClock();
export const times = new Times(document.documentElement.lang, config.timeZone, say);

const storage = openStorage(window);
export const outbox = new Outbox(storage, config.me.id);
export const drafts = new Drafts(storage, config.me.id);
export const store = createStore(reduce, initialState({ ...config, ...readJson("page-state") }));

let restartedAt = 0;

export const connection = new Connection({
  makeSocket: () => new WebSocket(config.socketUrl.replace(/^\//, `${location.origin.replace(/^http/, "ws")}/`)),
  hello: () => ({ type: "hello", protocol: config.protocol, after: heldSeqs(store.state) }),
  onFrame: take,
  onStatus: (status) => store.dispatch({ type: "connected", status }),
  onClock: (serverTime, sent, got) => clock.learn(serverTime, sent, got),
});

export const endings = new Endings({ store, connection, say });

function take(frame) {
  const before = store.state;
  store.dispatch({ ...frame, receivedAt: Date.now() });
  const after = store.state;
  forgetSaved(before, after);
  for (const reply of repliesTo(frame, before, after)) connection.send(reply);
  if (frame.type === "pong" && isAstray(frame, after) && Date.now() - restartedAt > RESTART_EVERY) {
    restartedAt = Date.now();
    connection.restart();
  }
}

function forgetSaved(before, after) {
  if (before.outbox === after.outbox) return;
  const left = new Set(after.outbox.map((item) => item.client_id));
  for (const item of before.outbox) if (!left.has(item.client_id)) outbox.drop(item.client_id);
}

/** Writes to the visitor: kept first, then sent, now or when the connection is back (DL-05). */
export function post(conversation, text) {
  sendKept(outbox.make(conversation, text));
}

/** Writes to the colleagues, as safely; the visitor gets nothing of it. */
export function writeNote(conversation, text, mentions) {
  sendKept(outbox.make(conversation, text, "note", mentions));
}

function sendKept(item) {
  outbox.keep(item);
  store.dispatch({ type: "queued", item });
  connection.send(postOf(item));
}

export function retry(clientId) {
  const item = store.state.outbox.find((pending) => pending.client_id === clientId);
  if (!item) return;
  const again = { ...item, at: Date.now(), status: "queued", error: "" };
  outbox.keep(again);
  store.dispatch({ type: "retried", client_id: clientId, at: again.at });
  connection.send(postOf(item));
}

export function discard(clientId) {
  outbox.drop(clientId);
  store.dispatch({ type: "discarded", client_id: clientId });
}

export function decide(offer, deciding, reason = "") {
  store.dispatch({ type: "decided", id: offer.id, deciding });
  connection.send({ type: deciding, offer: offer.id, ...(reason ? { reason } : {}) });
}

/** Makes this conversation the shown one; what is missing of it is asked for. */
export function open(conversation) {
  store.dispatch({ type: "opened", conversation });
  const thread = store.state.threads[conversation];
  if (thread && !thread.isLoaded) connection.send({ type: "sync", conversation, after: thread.last });
}

/** Starts the connection and whatever keeps it alive. */
export function start() {
  store.dispatch({ type: "outbox_loaded", items: outbox.load() });
  window.addEventListener("storage", (event) => {
    if (outbox.owns(event.key)) store.dispatch({ type: "outbox_loaded", items: outbox.load() });
  });
  const poke = () => connection.poke();
  // Offline too: a socket in a tunnel stays open, so its loss shows only by asking.
  for (const name of ["online", "offline", "pageshow", "focus"]) window.addEventListener(name, poke);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && poke());
  // Leaving, the browser may keep the page for "back"; a socket of a page that nobody sees would ring for nobody.
  window.addEventListener("pagehide", () => {
    endings.finish();
    connection.rest();
  });
  connection.connect();
  beat(() => connection.pulse());
  setInterval(() => endings.tick(), LOOK_AT_ENDINGS_EVERY);
}

function beat(pulse) {
  const worker = new Worker(config.pulseUrl);
  worker.onmessage = pulse;
  worker.onerror = () => setInterval(pulse, 1_000);
}
