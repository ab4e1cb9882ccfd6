/** After so long a message isn't sent by itself any more: the talk has moved on, its writer decides (Retry). */
const STALE_AFTER = 60 * 60 * 1000;

/**
 * What the agent has written and the server hasn't confirmed, kept through reloads (DL-05). One entry per message, so
 * that tabs never overwrite each other's; two tabs that send the same one send the same client id (DL-02).
 */
export class Outbox {
  constructor(storage, owner, now = () => Date.now()) {
    this.storage = storage;
    this.prefix = `switchboard:${owner}:out:`;
    // Notes are kept apart: a tab from before an update, which knows of none, would send them to the visitor.
    this.notePrefix = `switchboard:${owner}:note:`;
    this.now = now;
    this.count = 0;
  }

  /** `mentions`: the colleagues whom a note calls, by id and name. */
  make(conversation, text, kind = "post", mentions = []) {
    this.count += 1;
    const at = this.now();
    const called = mentions.length ? { mentions } : {};
    return { client_id: newId(), kind, conversation, text, ...called, at, order: at + this.count / 1000 };
  }

  keep(item) {
    const prefix = item.kind === "note" ? this.notePrefix : this.prefix;
    write(this.storage, prefix + item.client_id, JSON.stringify(item));
  }

  drop(clientId) {
    for (const prefix of [this.prefix, this.notePrefix]) this.storage?.removeItem(prefix + clientId);
  }

  /** Every kept message in the order of writing. */
  load() {
    const keys = [this.prefix, this.notePrefix].flatMap((prefix) => keysWith(this.storage, prefix));
    const items = keys.map((key) => parse(this.storage.getItem(key))).filter(Boolean);
    const isStale = (item) => this.now() - item.at > STALE_AFTER;
    return items
      .sort((one, other) => one.order - other.order)
      .map((item) => (isStale(item) ? { ...item, status: "failed", error: "" } : item));
  }

  owns(key) {
    return key === null || key.startsWith(this.prefix) || key.startsWith(this.notePrefix);
  }
}

/** The draft of a note is apart from the reply's: neither ever becomes the other. */
export function noteDraftOf(conversation) {
  return `${conversation}:note`;
}

function mentionDraftOf(conversation) {
  return `${noteDraftOf(conversation)}:mentions`;
}

/** Half-written replies, one per conversation; they outlive reloads and the chat's end. */
export class Drafts {
  constructor(storage, owner) {
    this.storage = storage;
    this.prefix = `switchboard:${owner}:draft:`;
  }

  read(conversation) {
    return this.storage?.getItem(this.prefix + conversation) ?? "";
  }

  keep(conversation, text) {
    if (text) write(this.storage, this.prefix + conversation, text);
    else this.storage?.removeItem(this.prefix + conversation);
  }

  /** Whom a half-written note calls. */
  readMentions(conversation) {
    return parse(this.read(mentionDraftOf(conversation)) || "[]") ?? [];
  }

  keepMentions(conversation, mentions) {
    this.keep(mentionDraftOf(conversation), mentions.length ? JSON.stringify(mentions) : "");
  }

  /** Leaves nothing for the next person at this computer. */
  clear() {
    for (const key of keysWith(this.storage, this.prefix)) this.storage.removeItem(key);
  }
}

/** The browser's storage, or null where it is blocked: then only this page remembers. */
export function openStorage(window) {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

export function newId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function keysWith(storage, prefix) {
  return storage ? Object.keys(storage).filter((key) => key.startsWith(prefix)) : [];
}

function write(storage, key, text) {
  try {
    storage?.setItem(key, text);
  } catch {
    // Full or blocked: the page itself still has it.
  }
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
