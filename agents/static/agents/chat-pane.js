import { part, setText, show } from "./dom.js";
import { isActive, isMine, isOver } from "./reducer.js";
import { countdown } from "./times.js";

/** The end of a chat for want of words is counted down from here, milliseconds (LC-31). */
const IDLE_SHOWN = 90_000;

const DOWNLOADS = { download: "txt", "download-html": "html", "download-json": "json" };

/** Whether the visitor has written last: then ending the chat is asked about first. */
export function isUnanswered(messages) {
  const last = messages.findLast((message) => message.author === "visitor" || message.author === "agent");
  return last?.author === "visitor";
}

/** How long until the chat ends for want of words, milliseconds: said to whoever can keep it open (LC-31). */
export function endsIn(chat, clock) {
  return isMine(chat) && chat.state.idle_at ? clock.until(chat.state.idle_at) : Infinity;
}

/** The frame around the transcript: who it is, the end, what to do once it has ended. */
export class ChatPane {
  constructor({ store, clock, say, config, drafts, onEnd }) {
    Object.assign(this, { store, clock, say, config, drafts, onEnd });
    this.dialog = part("end-dialog");
    part("end-session").addEventListener("click", () => this.askToEnd());
    part("end-confirm").addEventListener("click", () => this.#end());
    part("copy-draft").addEventListener("click", () => this.#copyDraft());
    store.subscribe((state, before) => this.#render(state, before));
    setInterval(() => this.#renderIdle(store.state), 1_000);
  }

  #render(state, before) {
    const id = state.open;
    const chat = state.chats[id];
    show(part("chat-empty"), !id);
    show(part("chat-body"), Boolean(id));
    if (!chat) return;
    const canWrite = isMine(chat);
    setText(part("chat-name"), chat.visitor.name);
    setText(part("chat-about"), [chat.visitor.company, chat.dialogue].filter(Boolean).join(" · "));
    setText(part("chat-status"), this.say(`phase_${chat.state.phase}`));
    part("chat-status").dataset.phase = chat.state.phase;
    const isEnding = Boolean(state.endings[id]);
    show(part("end-session"), canWrite);
    part("end-session").disabled = isEnding;
    // As it was: whoever takes the end back goes on in the middle of the word.
    for (const name of ["composer", "transfer", "transfer-strip"]) part(name).inert = isEnding;
    show(part("composer"), canWrite || isOver(chat));
    show(part("chat-over"), !canWrite);
    for (const [name, form] of Object.entries(DOWNLOADS)) {
      part(name).setAttribute("href", `${this.config.inboxUrl}${id}/transcript.${form}`);
      show(part(name), !isActive(chat) && chat.state.phase !== "waiting");
    }
    setText(part("chat-over-text"), this.#describeEnd(chat));
    if (!canWrite) this.#renderDraft(id);
    if (!canWrite && before.chats[id] && isMine(before.chats[id])) this.#wasEnded();
    this.#renderIdle(state);
  }

  /** Why nothing is said here by whoever looks at this page. */
  #describeEnd(chat) {
    if (isActive(chat)) return this.say("watching");
    if (!isOver(chat)) return this.say("watching_unanswered");
    return chat.taken_over_by ? this.say("over_taken", { name: chat.taken_over_by }) : this.say("over");
  }

  #wasEnded() {
    if (this.dialog.open) this.dialog.close();
    // What had the focus was hidden just now; the browser itself lets go of it only later. And what somebody was about
    // to say to the visitor may not go on as a note to colleagues.
    const held = document.activeElement;
    if (held === document.body || held?.closest("[hidden], [data-part=composer], [data-part=ending]")) part("chat-over").focus();
  }

  #renderDraft(id) {
    const draft = this.drafts.read(id);
    show(part("unsent"), Boolean(draft));
    setText(part("unsent-text"), draft);
  }

  async #copyDraft() {
    await navigator.clipboard.writeText(part("unsent-text").textContent);
    this.store.dispatch({ type: "told", text: this.say("copied") });
  }

  #renderIdle(state) {
    const left = endsIn(state.chats[state.open], this.clock);
    const isNear = left <= IDLE_SHOWN;
    show(part("idle"), isNear);
    if (isNear) setText(part("idle-text"), this.say("idle", { time: countdown(left) }));
  }

  /** Ends the open chat, `isNext` to go on with the next one; asked about first where the visitor waits for an answer. */
  askToEnd({ isNext = false } = {}) {
    this.isNext = isNext;
    const thread = this.store.state.threads[this.store.state.open];
    if (thread && isUnanswered(thread.messages)) this.dialog.showModal();
    else this.#end();
  }

  #end() {
    if (this.dialog.open) this.dialog.close();
    this.onEnd(this.store.state.open, { isNext: this.isNext });
  }
}
