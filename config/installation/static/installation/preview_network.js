/* A server that isn't there: what it would say to the widget in the preview, and nothing that leaves the browser. */

import { createTalk } from "./preview_talk.js";

// What is played now; the widget keeps what it was given when it was read.
let playing = { scene: "dialogue", talk: {} };
let storage = null;

/** From now on the widget in this window talks to nobody but us. Called before the widget is read. */
export function pretend(scope) {
  const really = scope.fetch.bind(scope);
  for (const name of ["localStorage", "sessionStorage"]) {
    Object.defineProperty(scope, name, { get: () => storage, configurable: true });
  }
  scope.BroadcastChannel = undefined;
  scope.WebSocket = PretendedSocket;
  scope.fetch = (address, options) => fetchHere(new URL(address, scope.location.origin), options, { really, scope });
}

/** What the next start of the widget gets: a visitor who was never here, and this scene. */
export function restart(scene, talk) {
  storage = createStorage();
  playing = { scene, talk };
}

/** Has the interface of WebSocket; its server plays the scene. */
export class PretendedSocket {
  constructor() {
    this.readyState = 1;
    this.server = createTalk(playing.scene, playing.talk);
    setTimeout(() => this.onopen?.({}));
  }

  send(text) {
    for (const frame of this.server.take(JSON.parse(text))) {
      setTimeout(() => this.readyState === 1 && this.onmessage?.({ data: JSON.stringify(frame) }));
    }
  }

  close() {
    this.readyState = 3;
  }
}

// Pictures and scripts are really fetched.
function fetchHere(url, options, { really, scope }) {
  const isOurs = url.origin === scope.location.origin && /^\/(widget|visitor)\/[a-z]+$/.test(url.pathname);
  if (!isOurs) return really(url, options);
  return Promise.resolve(answer(url.pathname === "/widget/visit" ? describeVisit(playing.talk) : {}));
}

function describeVisit(talk) {
  const dialogue = { id: "preview", name: "Preview", kind: "dialogue", language: "", poke: talk.poke, events: {} };
  return { dialogue, conversation: false, flows: [], session: "preview", token: "" };
}

function answer(body) {
  return new Response(JSON.stringify(body), { headers: { "Content-Type": "application/json" } });
}

/** Storage that forgets everything with the page: the admin's own browser must not become a visitor. */
export function createStorage() {
  const kept = new Map();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, String(value)),
    removeItem: (key) => void kept.delete(key),
    clear: () => kept.clear(),
    key: (place) => [...kept.keys()][place] ?? null,
    get length() {
      return kept.size;
    },
  };
}
