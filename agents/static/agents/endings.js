import { countingOf, listPending } from "./ending-state.js";
import { isMine } from "./reducer.js";

/** So long an end can be undone, milliseconds. */
export const UNDO_WITHIN = 5_000;
/** Without an answer for so long it may be tried again. */
const ANSWER_WITHIN = 10_000;

/**
 * Ends chats, each after a moment in which that can be undone (LC-32). The server hears of it at the end of that moment,
 * so that nothing has to be brought back: whatever fails until then, the chat simply goes on.
 */
export class Endings {
  constructor({ store, connection, say, now = () => Date.now() }) {
    Object.assign(this, { store, connection, say, now });
    store.subscribe((state, before) => this.#look(state, before));
  }

  /** Begins to end a chat, and says whether it does. One that is counting down already is ended at once. */
  begin(conversation) {
    const { chats, endings } = this.store.state;
    if (!isMine(chats[conversation]) || endings[conversation]) return false;
    if (!this.connection.isOnline) {
      this.store.dispatch({ type: "told", text: this.say("end_offline"), tone: "bad" });
      return false;
    }
    this.finish();
    this.store.dispatch({ type: "ending_begun", conversation, until: this.now() + UNDO_WITHIN });
    return true;
  }

  /** Takes the end back, and returns the chat that goes on, or empty. */
  undo() {
    const conversation = countingOf(this.store.state);
    if (conversation) this.store.dispatch({ type: "ending_over", conversation });
    return conversation;
  }

  /** Ends what is counting down without the rest of the moment, as soon as everything said in it has arrived. */
  hurry() {
    const conversation = countingOf(this.store.state);
    if (!conversation) return;
    this.store.dispatch({ type: "ending_hurried", conversation, until: this.now() });
    this.tick();
  }

  /** Ends what is counting down, now. */
  finish() {
    const conversation = countingOf(this.store.state);
    if (!conversation) return;
    const { after } = this.store.state.endings[conversation];
    if (this.connection.send({ type: "end", conversation, after })) {
      this.store.dispatch({ type: "ending_sent", conversation, at: this.now() });
    } else {
      this.#drop(conversation, "end_offline");
    }
  }

  /** To be called a few times a second. */
  tick() {
    const now = this.now();
    for (const [conversation, { until, sentAt }] of Object.entries(this.store.state.endings)) {
      if (!sentAt && now >= until && !this.#isAwaited(conversation)) this.finish();
      if (sentAt && now - sentAt >= ANSWER_WITHIN && this.connection.isOnline) this.#drop(conversation, "end_unanswered");
    }
  }

  /** Nothing comes into a chat that is over: a last word or a file that is still on its way would be refused. */
  #isAwaited(conversation) {
    return this.connection.isOnline && listPending(this.store.state, conversation).length > 0;
  }

  #look(state, before) {
    const isBack = state.connection === "online" && before.connection !== "online";
    for (const [conversation, { sentAt }] of Object.entries(state.endings)) {
      const why = whyOff(state, conversation);
      if (why) this.#drop(conversation, why === "gone" ? "" : why, "");
      // The welcome has just said that the chat is still there.
      else if (sentAt && isBack) this.#drop(conversation, "end_lost");
    }
  }

  #drop(conversation, sentence, tone = "bad") {
    this.store.dispatch({ type: "ending_over", conversation });
    if (!sentence) return;
    const { name } = this.store.state.chats[conversation].visitor;
    this.store.dispatch({ type: "told", text: this.say(sentence, { name }), tone });
  }
}

/**
 * Why a chat isn't to be ended any more, as the key of a sentence, "gone" where there is nothing to say of it, or empty;
 * pure. Once it is sent, the server looks itself.
 */
export function whyOff(state, conversation) {
  const { after, own, sentAt } = state.endings[conversation];
  if (!isMine(state.chats[conversation])) return "gone";
  if (sentAt) return "";
  const { messages = [], held = [] } = state.threads[conversation] ?? {};
  const later = [...messages, ...held].filter((message) => message.seq > after);
  if (later.some((message) => message.author === "visitor")) return "end_off_visitor";
  const said = later.filter((message) => message.author === "agent").map((message) => message.client_id);
  const isNew = (clientId) => !own.includes(clientId);
  return [...said, ...listPending(state, conversation)].some(isNew) ? "end_off_self" : "";
}
