/* Puts the page together. Each module has one job; this one introduces them to each other. */

import { Acts } from "./cards.js";
import { Canvas } from "./canvas.js";
import { Desk } from "./desk.js";
import { choose, showShortcuts } from "./dialogs.js";
import { iconButton, fill, make, part, setText } from "./dom.js";
import { createDragging } from "./dragging.js";
import { createEditor } from "./editor.js";
import { createKeyboard } from "./keyboard.js";
import { below, openMenu } from "./menu.js";
import { createMoving } from "./moving.js";
import { createPalette } from "./palette.js";
import { createPreviewing } from "./previewing.js";
import { createProblems } from "./problems.js";
import { createPublishing } from "./publishing.js";
import { createSaving } from "./saving.js";
import { createSearch } from "./search.js";
import { createServer, Refused } from "./server.js";
import { readStream } from "./transfer.js";
import { createVersions } from "./versions.js";
import { Viewport } from "./viewport.js";

const config = JSON.parse(document.getElementById("designer-config").textContent);
const { words } = config;
const server = createServer(config);
const desk = new Desk(config, server);
const acts = new Acts(desk, { ask: (question) => choose(question, words) });
const frame = part("viewport");
const tree = part("tree");
const canvas = new Canvas(desk, { world: part("world"), tree, lines: part("lines"), ways: part("ways") });
const viewport = new Viewport(frame, part("world"), (scale) => setText(part("zoom"), fill(words.zoomed, { percent: Math.round(scale * 100) })));
const editor = createEditor({ desk, acts, root: part("editor"), toolbar: makeToolbar, onClose: () => desk.select("") });
const saving = createSaving({ desk, server, status: part("save-status"), notice: part("notice") });
const problems = createProblems({ desk, root: part("problems"), toggle: part("problems-toggle"), goTo });
const palette = createPalette({ desk, acts, root: part("palette"), canvas, focusCard });
const previewing = createPreviewing({ desk, root: part("preview"), toggle: part("preview-toggle"), onCard: showPlayed });
const versions = createVersions({ desk, server, tell: saving.tell });
const moving = createMoving({ desk, acts, canvas, viewport });
const search = createSearch({ desk, field: part("search"), status: part("search-status"), canvas });
const publishing = createPublishing({ desk, server, publishButton: part("publish"), pill: part("pill"), problems, tell: saving.tell });
createDragging({ desk, acts, canvas, viewport, frame, palette: part("palette"), focusCard });
createKeyboard({ desk, acts, tree, moving, viewport, does: { add: offerHere, open: openNode, preview: () => previewing.show(true), problems: () => problems.show(true), search: search.open, shortcuts } });

function showPlayed(id) {
  for (const [key, item] of canvas.items) item.classList.toggle("is-played", key === `card:${id}`);
  if (id && canvas.boxOf(`card:${id}`)) viewport.reveal(canvas.boxOf(`card:${id}`));
}

function focusCard() {
  editor.focus();
}

function goTo(fault) {
  if (!fault.card) return desk.select("start", { focus: true });
  desk.select(`card:${fault.card}`);
  return editor.focus(fault.field ?? "");
}

/** The menu of new cards, for what is selected; where several ways lead on, first which. */
async function offerHere() {
  const { node } = desk;
  if (!node || !desk.may.edit) return;
  const ways = node.kind === "card" || node.kind === "start" ? node.children.filter((child) => child.kind !== "handover" && !child.way.stray) : [node];
  const named = ways.filter((child) => child.way && child.kind !== "handover");
  const chosen = named.length > 1
    ? await choose({ title: words.whichWay, choices: named.map((child) => ({ label: child.way.label || canvas.placeName(child.way), value: child })) }, words)
    : named[0];
  if (chosen) palette.offer({ card: chosen.way.card, field: chosen.way.field }, canvas.items.get(chosen.key) ?? canvas.items.get(node.key));
}

function openNode(node = desk.node) {
  if (node?.kind === "card") editor.focus();
  else if (node?.kind === "jump" && !node.isMissing) desk.select(`card:${node.id}`, { focus: true });
  else if (node?.kind === "end" || (node?.kind === "start" && !desk.stream.start)) void offerHere();
}

function makeToolbar(id) {
  const tool = (name, label, act, isEdit = true) => (isEdit && !desk.may.edit ? "" : iconButton(name, label, act));
  return make("div", { class: "editor-tools", role: "toolbar", "aria-label": words.more },
    tool("play", words.tryFromHere, () => previewing.show(true, id), false),
    tool("copy", words.copyBranch, () => acts.copy(true), false),
    tool("duplicate", words.duplicate, () => acts.duplicate()),
    tool("move", words.move, () => (desk.select(desk.selected, { focus: true }), moving.begin(true))),
    tool("bin", words.remove, () => void acts.remove()));
}

function shortcuts() {
  showShortcuts(part("shortcuts"), words);
}

function draw({ by = "" } = {}) {
  canvas.draw();
  viewport.setSize(desk.layout.width, desk.layout.height);
  frame.classList.toggle("is-blank", !Object.keys(desk.stream.cards).length);
  problems.draw();
  drawUndo();
  if (by !== "editor") editor.draw();
  if (["history", "remove", "cut", "move", "add"].includes(by)) desk.select(desk.selected, { focus: !part("editor").contains(document.activeElement) });
}

function drawUndo() {
  const { history } = desk;
  for (const [name, can, label] of [["undo", history.canUndo, history.undoLabel], ["redo", history.canRedo, history.redoLabel]]) {
    const element = part(name);
    if (!element) continue;
    element.setAttribute("aria-disabled", String(!can));
    element.title = label ? `${words[name]}: ${label}` : words[name];
  }
}

desk.on("change", draw);
desk.on("select", ({ show, focus }) => {
  canvas.mark();
  editor.draw();
  const key = desk.selected || "start";
  if (show && desk.selected) viewport.reveal(canvas.boxOf(key));
  if (focus) canvas.items.get(key)?.focus({ preventScroll: true });
});
desk.on("faults", () => (canvas.markFaults(), editor.markFaults(), problems.draw()));
desk.on("say", (text) => setText(part("live"), text));

// Mouse and finger on the canvas
frame.addEventListener("click", (event) => {
  const plus = event.target.closest(".plus");
  const slot = plus && canvas.slots.get(plus.dataset.slot);
  // What was pressed may be drawn anew before it is released: then the click falls on what is behind it.
  const node = desk.nodes.get(event.target.closest("[data-key]")?.dataset.key ?? pressed);
  moving.stop();
  if (slot) return palette.offer(slot.way, plus);
  if (!node) return desk.select("");
  desk.select(node.key, { focus: true });
  return node.kind === "end" || node.kind === "jump" ? openNode(node) : undefined;
});
// What a press focuses is selected when it is released: the editor opens then, and nothing moves in between.
let isPressed = false;
let pressed = "";
addEventListener("pointerdown", ({ target }) => { [isPressed, pressed] = [true, target.closest?.("[data-key]")?.dataset.key ?? ""]; }, true);
for (const type of ["pointerup", "pointercancel"]) addEventListener(type, () => { isPressed = false; }, true);
tree.addEventListener("focusin", (event) => {
  const key = event.target.dataset.key;
  if (key && key !== desk.selected && !isPressed) desk.select(key, { show: true });
});

// The bar
for (const [name, act] of Object.entries({
  undo: () => desk.undo(), redo: () => desk.redo(),
  "zoom-in": () => viewport.zoomIn(), "zoom-out": () => viewport.zoomOut(), "zoom-fit": () => viewport.fit(), zoom: () => viewport.reset(),
  "versions-toggle": () => void versions.open(), more: openMore, "help-toggle": shortcuts,
})) part(name)?.addEventListener("click", act);

function openMore(event) {
  const edits = [
    { icon: "download", label: words.import, act: () => part("file").click() },
    { icon: "duplicate", label: words.duplicate, act: () => void duplicate() },
  ];
  openMenu([
    { icon: "settings", label: words.settings, act: () => location.assign(config.urls.change) },
    { icon: "versions", label: words.versions, act: () => void versions.open() },
    { icon: "upload", label: words.exported, act: () => location.assign(config.urls.export) },
    ...(desk.may.edit ? edits : []),
    { icon: "keys", label: words.keys, act: shortcuts },
    ...(publishing.canUnpublish() ? [null, { icon: "end", label: words.unpublish, act: () => void publishing.unpublish() }] : []),
  ], below(event.currentTarget), words.more);
}

async function duplicate() {
  try {
    await desk.draft.flush();
    location.assign((await server.duplicate()).url);
  } catch (error) {
    saving.tell(error instanceof Refused ? error.message : words.offline);
  }
}

part("file")?.addEventListener("change", async (event) => {
  const [file] = event.target.files;
  event.target.value = "";
  if (!file) return;
  try {
    const stream = await readStream(file, words);
    const [fault] = (await server.check(stream)).filter((each) => each.unreadable);
    if (fault) throw new Error(fault.message);
    desk.do(stream, { label: words.imported, focus: "start", by: "import" });
    viewport.fit();
  } catch (error) {
    saving.tell(fill(words.importBad, { why: error.message }));
  }
});

draw();
viewport.begin(canvas.boxOf("start"));
saving.recover();
document.body.dataset.ready = "true";
