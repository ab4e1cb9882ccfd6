import { part, setText, show } from "./dom.js";
import { isMine } from "./reducer.js";
import { countdown } from "./times.js";
import { findTargets, TargetList } from "./transfer-targets.js";
import { isPending } from "./transfer-state.js";

const REFRESH_EVERY = 5_000;
/** Without an answer for so long it may be tried again. */
const ANSWER_WITHIN = 10_000;

/** Handing the open chat over (LC-34): the button, its dialog, and the strip while somebody is asked. */
export class Transfers {
  constructor({ store, connection, clock, say }) {
    Object.assign(this, { store, connection, clock, say });
    this.button = part("transfer");
    this.dialog = part("transfer-dialog");
    this.form = part("transfer-form");
    this.search = part("transfer-search");
    this.submit = part("transfer-submit");
    this.list = new TargetList({ root: part("transfer-targets"), say, onChange: () => this.#renderSubmit() });
    this.conversation = "";
    this.sentAt = 0;
    this.#listen();
    store.subscribe((state, before) => this.#render(state, before));
    setInterval(() => this.#tick(), 500);
    setInterval(() => this.dialog.open && this.connection.send({ type: "find_targets" }), REFRESH_EVERY);
  }

  #listen() {
    for (const name of ["transfer", "transfer-again"]) part(name).addEventListener("click", () => this.#open());
    part("transfer-cancel").addEventListener("click", () => this.dialog.close());
    part("take-back").addEventListener("click", () => this.#takeBack());
    part("transfer-dismiss").addEventListener("click", () => this.#dismiss());
    this.search.addEventListener("input", () => this.#renderTargets());
    this.search.addEventListener("keydown", (event) => {
      if (event.isComposing || (event.key !== "Enter" && event.key !== "ArrowDown")) return;
      event.preventDefault();
      this.list.chooseFirst();
    });
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
  }

  #open() {
    this.conversation = this.store.state.open;
    this.sentAt = 0;
    this.form.reset();
    this.list.clear();
    this.#refuse("");
    this.#renderTargets();
    this.dialog.showModal();
    this.search.focus();
    if (!this.connection.send({ type: "find_targets" })) this.#refuse(this.say("transfer_offline"));
  }

  #send() {
    const [kind, id] = this.list.chosen.split(":");
    if (!id || this.sentAt) return;
    const note = this.form.elements.note.value.trim();
    const frame = { type: "start_transfer", conversation: this.conversation, [kind]: Number(id), note };
    const isSent = this.connection.send(frame);
    this.sentAt = isSent ? Date.now() : 0;
    this.#refuse(isSent ? "" : this.say("transfer_offline"));
    this.#renderSubmit();
  }

  #takeBack() {
    const { open } = this.store.state;
    if (!this.connection.send({ type: "take_back", conversation: open })) this.#tell("transfer_offline");
  }

  #dismiss() {
    this.store.dispatch({ type: "transfer_dismissed", conversation: this.store.state.open });
    part("composer-text").focus({ preventScroll: true });
  }

  #tell(key) {
    this.store.dispatch({ type: "told", text: this.say(key), tone: "bad" });
  }

  #render(state, before) {
    const chat = state.chats[state.open];
    const transfer = state.transfers[state.open];
    show(this.button, isMine(chat));
    this.button.disabled = isPending(transfer);
    if (state.targets !== before.targets && this.dialog.open) this.#renderTargets();
    if (state.transfers !== before.transfers || state.connection !== before.connection) this.#hear(state);
    this.#renderStrip(chat, transfer);
  }

  /** What the server says to what this dialog asked for. */
  #hear(state) {
    if (!this.dialog.open) return;
    const transfer = state.transfers[this.conversation];
    if (isPending(transfer) || !isMine(state.chats[this.conversation])) return this.dialog.close();
    const isRefused = this.sentAt && transfer?.status === "refused";
    if (!isRefused && state.connection === "online") return;
    this.sentAt = 0;
    this.#refuse(isRefused ? transfer.text : this.say("transfer_offline"));
    this.#renderSubmit();
    if (isRefused) this.connection.send({ type: "find_targets" });
  }

  #refuse(text) {
    setText(part("transfer-refusal"), text);
    show(part("transfer-refusal"), Boolean(text));
  }

  #renderTargets() {
    const targets = this.store.state.targets ?? [];
    const found = findTargets(targets, this.search.value);
    this.list.show(found);
    setText(part("transfer-none"), this.say(targets.length ? "transfer_not_found" : "transfer_nobody"));
    show(part("transfer-none"), this.store.state.targets !== null && !found.length);
  }

  #renderSubmit() {
    this.submit.disabled = !this.list.chosen || this.sentAt > 0;
  }

  #renderStrip(chat, transfer) {
    const isShown = Boolean(transfer) && transfer.status !== "refused" && isMine(chat);
    show(part("transfer-strip"), isShown);
    setText(part("transfer-text"), isShown ? transfer.text : "");
    if (!isShown) return;
    const isWaiting = isPending(transfer);
    part("transfer-strip").classList.toggle("is-waiting", isWaiting);
    show(part("transfer-countdown"), isWaiting);
    show(part("take-back"), isWaiting);
    show(part("transfer-again"), !isWaiting);
    show(part("transfer-dismiss"), !isWaiting);
    this.#tick();
  }

  #tick() {
    const transfer = this.store.state.transfers[this.store.state.open];
    if (isPending(transfer)) {
      setText(part("transfer-countdown"), countdown(this.clock.until(transfer.expires_at)));
    }
    if (this.sentAt && Date.now() - this.sentAt > ANSWER_WITHIN) {
      this.sentAt = 0;
      this.#refuse(this.say("transfer_unanswered"));
      this.#renderSubmit();
    }
  }
}
