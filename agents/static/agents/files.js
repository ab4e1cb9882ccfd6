import { make, part, show } from "./dom.js";
import { isMine } from "./reducer.js";

export const LARGEST = 10 * 1024 * 1024;
const TYPES = new Set(["image/png", "image/jpeg", "image/webp", "image/gif", "application/pdf"]);

/** Why a file needn't be sent at all, as the key of a sentence; empty for one that may be. The server looks again. */
export function faultOf({ size, type }) {
  if (size > LARGEST) return "file_too_large";
  if (!size) return "file_empty";
  return TYPES.has(type) ? "" : "file_refused";
}

/** 1536 -> "1.5 kB", in the page's language. */
export function saySize(bytes, language) {
  const isBig = bytes >= 1_000_000;
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: isBig ? 1 : 0 });
  return `${number.format(isBig ? bytes / 1_000_000 : Math.max(1, bytes / 1_000))} ${isBig ? "MB" : "kB"}`;
}

/** A file that was sent: an image as itself, a PDF by its name; either is a link that downloads it. */
export function fileNode(file, { url, language }) {
  const isImage = file.type.startsWith("image/");
  const size = isImage ? { width: file.width, height: file.height, loading: "lazy" } : {};
  const shown = isImage ? make("img", { src: url, alt: file.name, ...size }) : make("span", { dir: "auto" }, file.name);
  const about = isImage ? null : make("span", { class: "file-size" }, saySize(file.size, language));
  return make("a", { class: isImage ? "file is-image" : "file", href: url, download: file.name }, shown, about);
}

/** Sends images and PDFs into the open chat: by the button, by paste, or dropped on the chat (LC-35). */
export class Files {
  constructor({ store, config, say, newId, onSent }) {
    Object.assign(this, { store, config, say, newId, onSent });
    this.held = new Map();
    this.button = part("attach");
    this.input = part("attach-input");
    this.pane = part("chat-body");
    this.button.addEventListener("click", () => this.input.click());
    this.input.addEventListener("change", () => this.#choose());
    part("composer-text").addEventListener("paste", (event) => this.#paste(event));
    for (const name of ["dragenter", "dragover"]) this.pane.addEventListener(name, (event) => this.#hover(event));
    for (const name of ["dragleave", "drop"]) this.pane.addEventListener(name, (event) => this.#leave(event));
    this.pane.addEventListener("drop", (event) => this.#drop(event));
    store.subscribe((state) => show(this.button, state.files));
    // A file that is on its way has no other copy here.
    window.addEventListener("beforeunload", (event) => {
      if (store.state.uploads.some((upload) => upload.status === "queued")) event.preventDefault();
    });
  }

  retry(clientId) {
    const upload = this.store.state.uploads.find((each) => each.client_id === clientId);
    if (!upload) return false;
    this.store.dispatch({ type: "upload_retried", client_id: clientId });
    this.#send(upload);
    return true;
  }

  discard(clientId) {
    this.held.delete(clientId);
    this.store.dispatch({ type: "upload_gone", client_id: clientId });
  }

  get #isOpen() {
    const { state } = this.store;
    return state.files && isMine(state.chats[state.open]);
  }

  #choose() {
    this.#take([...this.input.files]);
    // The same file may be chosen again.
    this.input.value = "";
  }

  #paste(event) {
    const files = [...(event.clipboardData?.files ?? [])];
    // What an office program copies is text with a picture of it: then the text is meant.
    if (!files.length || event.clipboardData.types.includes("text/plain") || !this.#isOpen) return;
    event.preventDefault();
    this.#take(files);
  }

  #hover(event) {
    if (!event.dataTransfer?.types.includes("Files") || !this.#isOpen) return;
    event.preventDefault();
    this.pane.classList.add("is-dropping");
  }

  #leave(event) {
    if (event.type === "drop" || !this.pane.contains(event.relatedTarget)) this.pane.classList.remove("is-dropping");
  }

  #drop(event) {
    if (!event.dataTransfer?.files.length || !this.#isOpen) return;
    event.preventDefault();
    this.#take([...event.dataTransfer.files]);
  }

  #take(files) {
    // A file always goes to the visitor, so none is taken where a note is being written.
    if (part("composer").dataset.mode === "note") {
      this.store.dispatch({ type: "told", text: this.say("note_without_files"), tone: "bad" });
      return;
    }
    for (const file of files) {
      const fault = faultOf(file);
      if (fault) this.store.dispatch({ type: "told", text: `${file.name}: ${this.say(fault)}`, tone: "bad" });
      else this.#begin(file);
    }
    part("composer-text").focus({ preventScroll: true });
  }

  #begin(file) {
    const upload = { client_id: this.newId(), conversation: this.store.state.open, at: Date.now(), text: file.name };
    this.held.set(upload.client_id, file);
    this.store.dispatch({ type: "uploading", upload });
    this.onSent();
    this.#send(upload);
  }

  async #send({ client_id, conversation }) {
    const form = new FormData();
    form.set("client_id", client_id);
    form.set("file", this.held.get(client_id));
    try {
      const response = await fetch(`${this.config.inboxUrl}${conversation}/files/`, {
        method: "POST",
        body: form,
        headers: { "X-CSRFToken": document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "" },
        redirect: "error",
      });
      const answer = await response.json();
      if (response.ok) this.#wasSent(client_id, answer.message);
      else this.#failed(client_id, answer.text);
    } catch {
      // No network, or no JSON: nothing is known of the file, and sending it again does no harm.
      this.#failed(client_id, "");
    }
  }

  #wasSent(clientId, message) {
    this.held.delete(clientId);
    this.store.dispatch({ ...message, type: "message" });
  }

  #failed(client_id, text) {
    this.store.dispatch({ type: "upload_failed", client_id, error: text || this.say("file_failed") });
  }
}
