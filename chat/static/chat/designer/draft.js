/*
 * Keeps a draft safe: soon after each change it goes to the server, and until the server has it, it lies in this browser.
 * `send(stream, revision)` resolves to the server's answer, or rejects where there is no connection.
 * Statuses: saved, unsaved, saving, offline, conflict, refused.
 */

const SAVE_AFTER = 700;
const RETRY_AFTER = [1_000, 2_000, 5_000, 10_000, 20_000];

export class Draft {
  constructor({ key, stream, revision, send, storage, timers = globalThis, onStatus, onConflict }) {
    Object.assign(this, { key, send, storage, timers, onStatus, onConflict, revision });
    // What the server has, and what we have.
    this.base = stream;
    this.stream = stream;
    this.status = "saved";
    this.tries = 0;
    this.timer = null;
    this.isSending = false;
    this.problem = "";
  }

  /** What an earlier visit couldn't save: `{ base, revision, stream }`, or null. */
  recover() {
    try {
      const kept = JSON.parse(this.storage().getItem(this.key));
      return kept?.stream?.cards && kept.base?.cards ? kept : null;
    } catch {
      return null;
    }
  }

  /** The draft is now this. */
  change(stream) {
    this.stream = stream;
    if (this.status === "conflict") return this.#keep();
    if (stream === this.base) {
      this.#forget();
      if (!this.isSending) this.#become("saved");
      return undefined;
    }
    this.#keep();
    this.#become(this.status === "offline" ? "offline" : "unsaved");
    this.#later(SAVE_AFTER);
    return undefined;
  }

  /** Saves at once; resolves when the server has what there is now, or won't take it. */
  async flush() {
    this.timers.clearTimeout(this.timer);
    this.timer = null;
    if (this.isSending) await this.sending;
    if (this.status === "conflict" || this.stream === this.base) return this.status === "saved";
    this.sending = this.#save();
    await this.sending;
    return this.status === "saved";
  }

  /** The network is back, or somebody asked: don't wait. */
  nudge() {
    if (this.status === "offline") void this.flush();
  }

  /** Another's draft is the base from now on; what we have is saved on top of it. */
  rebase(base, revision, stream) {
    Object.assign(this, { base, revision, status: "unsaved" });
    this.change(stream);
  }

  async #save() {
    const sent = this.stream;
    this.isSending = true;
    this.#become("saving");
    try {
      this.#take(sent, await this.send(sent, this.revision));
    } catch {
      this.#become("offline");
      this.#later(RETRY_AFTER[Math.min(this.tries, RETRY_AFTER.length - 1)]);
      this.tries += 1;
    } finally {
      this.isSending = false;
    }
  }

  #take(sent, answer) {
    this.tries = 0;
    if (answer.conflict) {
      this.#become("conflict");
      this.onConflict(answer.conflict);
    } else if (answer.refused) {
      this.problem = answer.refused;
      this.#become("refused");
    } else {
      Object.assign(this, { base: sent, revision: answer.revision, problem: "" });
      if (this.stream === sent) {
        this.#forget();
        this.#become("saved");
      } else {
        this.#keep();
        this.#become("unsaved");
        this.#later(SAVE_AFTER);
      }
    }
  }

  #later(delay) {
    this.timers.clearTimeout(this.timer);
    this.timer = this.timers.setTimeout(() => void this.flush(), delay);
  }

  #keep() {
    try {
      const { base, revision, stream } = this;
      this.storage().setItem(this.key, JSON.stringify({ base, revision, stream }));
    } catch {
      // Storage is full or forbidden: then the page itself is the only copy until the server has it.
    }
  }

  #forget() {
    try {
      this.storage().removeItem(this.key);
    } catch {
      // Nothing was kept either.
    }
  }

  #become(status) {
    this.status = status;
    this.onStatus(status);
  }
}
