import { Canned, ReplyDialog } from "./canned.js";
import { ChatList } from "./chat-list.js";
import { ChatPane } from "./chat-pane.js";
import { Composer } from "./composer.js";
import { addDeed, canPress } from "./deeds.js";
import { part } from "./dom.js";
import { EndingStrip } from "./ending-strip.js";
import { Files } from "./files.js";
import { nextAfter } from "./next-chat.js";
import { noteOf } from "./mention-link.js";
import { MentionPicker } from "./mention-picker.js";
import { keepMentionsSeen } from "./mention-seen.js";
import { goOnFrom, keepPlaceOfKeyboard } from "./keyboard-place.js";
import { newId } from "./outbox.js";
import { isMine } from "./reducer.js";
import { keepMarks } from "./reading.js";
import { clock, config, connection, discard, drafts, endings, open, post, retry, say, store, times, writeNote } from "./session.js";
import { Transcript } from "./transcript.js";
import { Transfers } from "./transfer.js";
import { VisitorHistory } from "./visitor-history.js";
import { keepVisitorPanel } from "./visitor-panel.js";
import { keepWatching } from "./watching.js";

/** The three panes of the inbox; on a narrow screen one at a time (`data-pane`). */
const inbox = part("inbox");
const wide = matchMedia("(min-width: 56.25rem)");

let looked = () => {};
let mentions = null;
let files = null;
const transcript = new Transcript({
  store,
  times,
  clock,
  say,
  config,
  onRetry: (clientId) => files.retry(clientId) || retry(clientId),
  onDiscard: (clientId) => (files.discard(clientId), discard(clientId)),
  onSave: (text) => replyDialog.open(text),
  onScroll: () => looked(),
});
const composer = new Composer({
  store,
  drafts,
  say,
  onSend: send,
  onNote: addNote,
  onTyping: (conversation) => connection.send({ type: "typing", conversation }),
  onChange: () => mentions?.showTold(),
});
const canned = new Canned({ store, config, say, composer });
mentions = new MentionPicker({ store, config, say, composer, drafts, isBusy: () => canned.isSearching });
const replyDialog = new ReplyDialog({ store, config, say, onKept: (known) => canned.learn(known) });
files = new Files({ store, config, say, newId, onSent: () => transcript.toEnd() });
new ChatList({ store, times, clock, say, onOpen: (id) => visit(id) });
const pane = new ChatPane({ store, clock, say, config, drafts, onEnd: end });
new EndingStrip({ store, endings, say, onUndo: (id) => visit(id, { isReply: true }) });
keepVisitorPanel({ store, say });
keepWatching({ store, connection });
new VisitorHistory({ store, times, clock, say, config });
new Transfers({ store, connection, clock, say });
const isShown = () => inbox.dataset.pane !== "list";
const marks = keepMarks({ store, connection, isAtEnd: () => isShown() && transcript.isAtEnd });
const sightings = keepMentionsSeen({ store, connection, isInView: (note) => isShown() && transcript.isNoteInView(note) });
looked = () => (marks(), sightings());

addDeed("end_next", {
  can: () => canPress("end-session"),
  // Without another chat it is only the end.
  isListed: () => Boolean(nextAfter(store.state, store.state.open)),
  run: () => pane.askToEnd({ isNext: true }),
});

openAccepted();
leaveHandedOver();
reloadEnded();
keepPanes();
keepPlaceOfKeyboard({
  list: part("chat-list"),
  chat: part("transcript"),
  older: part("past-chats").querySelector("a"),
});
leadToNotes();
if (location.hash === "#reply" || (wide.matches && isMine(store.state.chats[store.state.open]))) composer.focus();

function send(conversation, text) {
  post(conversation, text);
  transcript.toEnd();
}

function addNote(conversation, text) {
  writeNote(conversation, text, mentions.takePicked(conversation, text));
  transcript.toEnd();
}

function end(conversation, { isNext }) {
  if (!endings.begin(conversation)) return;
  const next = isNext ? nextAfter(store.state, conversation) : "";
  if (next) visit(next, { isReply: true });
  // The views are told at the end of this turn; before that the button is still hidden.
  else queueMicrotask(() => part("undo-end").focus());
}

/** Shows a chat and makes it the page's address, so that a reload comes back to it. */
function visit(conversation, { isReply = false } = {}) {
  if (conversation !== store.state.open) history.pushState(null, "", `${config.inboxUrl}${conversation}/`);
  open(conversation);
  showPane("chat");
  // The views are told at the end of this turn; before that the box may still be hidden, and can't have the focus.
  if (isReply || wide.matches) queueMicrotask(() => composer.focus());
  else queueMicrotask(() => focusOn(part("back-to-list")));
}

/** Whoever was called to a note gets there: in place where the chat is open or one's own, else it is another page. */
function leadToNotes() {
  const show = () => noteOf(location.hash) && transcript.toNote(store.state.open, noteOf(location.hash));
  show();
  window.addEventListener("hashchange", show);
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.('[data-part="mention-link"]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const { conversation, note } = link.dataset;
    const { chats, open: before } = store.state;
    if (conversation !== before && !isMine(chats[conversation])) return;
    event.preventDefault();
    visit(conversation, { isReply: false });
    history.replaceState(history.state, "", link.href);
    // Beside a chat that is over nothing comes by itself: the server's page has it.
    if (!transcript.toNote(conversation, Number(note)) && !isMine(chats[conversation])) location.reload();
  });
}

function openAccepted() {
  store.subscribe(({ accepted, chats }, before) => {
    if (!accepted || (accepted === before.accepted && chats === before.chats)) return;
    // The chat's own frame may come a moment after the word that it was won.
    if (openAccepted.done === accepted || !chats[accepted.conversation]) return;
    openAccepted.done = accepted;
    visit(accepted.conversation, { isReply: true });
  });
}

/** A colleague has taken the open chat over: there is nothing of it left to show here (LC-34). */
function leaveHandedOver() {
  store.subscribe(({ left, open: isOpen }, before) => {
    if (!left || left !== before.open || isOpen) return;
    // Not the command bar: what is being typed there would go on as keys of the page.
    for (const dialog of document.querySelectorAll("dialog[open]:not([data-part=commands])")) dialog.close();
    history.replaceState(null, "", config.inboxUrl);
    showPane("list");
    goOnFrom(findTab());
  });
}

/** The open chat ended while this page had no connection: the server's page has its last lines and its end. */
function reloadEnded() {
  let wasOnline = false;
  store.subscribe((state, before) => {
    const isNews = state.chats[state.open]?.isDoubtful && !before.chats[state.open]?.isDoubtful;
    // Never on the first connection: a page that was made a moment ago would only be made again.
    if (isNews && wasOnline) location.reload();
    wasOnline ||= state.connection === "online";
  });
}

function showPane(pane) {
  inbox.dataset.pane = pane;
  looked();
}

/** What had the focus went out of sight with its pane. */
function focusOn(node) {
  node?.focus({ preventScroll: true });
}

function findTab() {
  return inbox.querySelector("[role=tab][aria-selected=true]");
}

function findInList(conversation) {
  const links = inbox.querySelectorAll(`.chat-item[data-conversation="${conversation}"] a`);
  return [...links].find((link) => link.getClientRects().length);
}

function keepPanes() {
  for (const button of inbox.querySelectorAll("[data-to-pane]")) {
    const leadsBack = button.dataset.toPane === "panel" ? ".panel-back" : '.chat-header [data-to-pane="panel"]';
    button.addEventListener("click", () => {
      showPane(button.dataset.toPane);
      focusOn(inbox.querySelector(leadsBack));
    });
  }
  part("back-to-list").addEventListener("click", (event) => {
    event.preventDefault();
    const left = store.state.open;
    history.pushState(null, "", config.inboxUrl);
    open("");
    showPane("list");
    focusOn(findInList(left) ?? findTab());
  });
  window.addEventListener("popstate", () => {
    const [, id] = location.pathname.slice(config.inboxUrl.length - 1).split("/");
    if (id && !store.state.chats[id]) return location.reload();
    open(id ?? "");
    return showPane(id ? "chat" : "list");
  });
}
