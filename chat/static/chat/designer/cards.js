/* New cards, and what is done with cards: every act of mouse, keyboard and menu ends here. */

import { count, fill, short } from "./dom.js";
import { nameCard } from "./diff.js";
import * as operations from "./operations.js";
import { branchOf, wayTo, writeAt } from "./tree.js";

const CLIPBOARD = "switchboard:clipboard";
const REFERENCES = new Set(["card", "agent", "team", "document", "flow"]);

/** A card of this type to begin with: its example, leading nowhere and referring to nothing. */
function newCard(form) {
  return { type: form.type, ...bare(form.example, form.fields) };
}

function bare(example, fields) {
  const kept = {};
  for (const field of fields) {
    const value = example[field.name];
    if (value === undefined) continue;
    if (REFERENCES.has(field.kind)) kept[field.name] = null;
    else kept[field.name] = field.kind === "rows" ? value.map((row) => bare(row, field.fields)) : value;
  }
  return kept;
}

export class Acts {
  constructor(desk, { ask }) {
    Object.assign(this, { desk, ask });
  }

  /** Whether a card of this type may be put here. */
  takes(way, form) {
    return operations.fits(this.desk.stream, this.desk.types, way, { type: form.type, ...form.example });
  }

  add(type, way) {
    const { desk } = this;
    const form = desk.types.get(type);
    const card = newCard(form);
    const id = operations.newId(desk.stream, type);
    const next = operations.insertCard(desk.stream, desk.types, way, id, card);
    if (!next) return this.#refuse();
    const label = fill(desk.words.added, { card: form.label });
    desk.do(next, { label, focus: `card:${id}`, by: "add" });
    desk.say(label);
    return id;
  }

  /** Where something goes that is added without a place: behind what is selected, else at the first end. */
  wayHere(form = null) {
    const { stream, types, node, nodes } = this.desk;
    const here = node?.kind === "card" ? operations.wayAfter(stream, types, node.id) ?? wayTo(stream, types, node.id) : node?.way;
    const way = node?.kind === "start" || !here || node?.kind === "handover" ? null : { card: here.card, field: here.field };
    if (way && (!form || this.takes(way, form))) return way;
    const end = [...nodes.values()].find((each) => each.kind === "end");
    return end ? { card: end.way.card, field: end.way.field } : null;
  }

  copy(whole, { quiet = false } = {}) {
    const { desk } = this;
    if (!desk.card) return false;
    const piece = operations.cutOut(desk.stream, desk.types, desk.node.id, whole);
    this.clipboard = piece;
    try {
      localStorage.setItem(CLIPBOARD, JSON.stringify(piece));
    } catch {
      // Then it can be pasted on this page only.
    }
    if (!quiet) desk.say(fill(whole ? desk.words.copiedBranch : desk.words.copied, { card: short(desk.name(desk.node.id)) }));
    return true;
  }

  cut() {
    const { desk } = this;
    if (!desk.card || !desk.may.edit || !this.copy(true, { quiet: true })) return;
    const [name, way] = [short(desk.name(desk.node.id)), desk.node.way];
    const next = operations.removeBranch(desk.stream, desk.types, desk.node.id);
    desk.do(next, { label: fill(desk.words.deleted, { card: name }), focus: way ? keyAt(next, way) : "start", by: "cut" });
    desk.say(fill(desk.words.cut, { card: name }));
  }

  get pasteable() {
    try {
      const piece = this.clipboard ?? JSON.parse(localStorage.getItem(CLIPBOARD));
      return piece?.cards?.[piece.start] && Object.values(piece.cards).every((card) => this.desk.types.has(card.type)) ? piece : null;
    } catch {
      return null;
    }
  }

  paste(way = this.wayHere()) {
    const { desk } = this;
    const piece = this.pasteable;
    if (!piece || !way) return desk.say(desk.words.nothingToPaste);
    const pasted = operations.paste(desk.stream, desk.types, way, piece);
    if (!pasted) return this.#refuse();
    const label = fill(desk.words.pasted, { card: short(nameCard(piece.cards[piece.start], desk.types)) });
    desk.do(pasted.stream, { label, focus: `card:${pasted.id}`, by: "add" });
    return desk.say(label);
  }

  /** A copy of the card alone, right behind it or, where nothing may stand behind it, at the first end. */
  duplicate() {
    const { desk } = this;
    if (!desk.card) return undefined;
    const { id } = desk.node;
    const piece = operations.cutOut(desk.stream, desk.types, id, false);
    const way = operations.wayAfter(desk.stream, desk.types, id);
    const end = [...desk.nodes.values()].find((node) => node.kind === "end");
    const pasted = (way && operations.paste(desk.stream, desk.types, way, piece)) || (end && operations.paste(desk.stream, desk.types, end.way, piece));
    if (!pasted) return this.#refuse();
    const label = fill(desk.words.duplicated, { card: short(desk.name(id)) });
    desk.do(pasted.stream, { label, focus: `card:${pasted.id}`, by: "add" });
    return desk.say(label);
  }

  /** Deletes the card at once where nothing hangs behind it, else asks what of it. */
  async remove() {
    const { desk } = this;
    if (!desk.card || !desk.may.edit) return;
    const { id } = desk.node;
    const behind = branchOf(desk.stream, desk.types, id).size - 1;
    const choice = behind ? await this.ask(this.#choices(id, behind)) : { whole: false };
    if (!choice || !desk.stream.cards[id]) return;
    const name = short(desk.name(id));
    const way = wayTo(desk.stream, desk.types, id);
    const next = choice.whole ? operations.removeBranch(desk.stream, desk.types, id) : operations.removeCard(desk.stream, desk.types, id, choice.keep);
    const gone = Object.keys(desk.stream.cards).length - Object.keys(next.cards).length;
    const label = gone > 1 ? fill(desk.words.deletedMany, { count: gone }) : fill(desk.words.deleted, { card: name });
    desk.do(next, { label, focus: way ? keyAt(next, way) : "start", by: "remove" });
    desk.say(label);
  }

  #choices(id, behind) {
    const { words, stream, types } = this.desk;
    const branches = operations.branchesOf(stream, types, id);
    const one = branches.length > 1
      ? branches.map((way) => ({ label: fill(words.deleteKeep, { choice: way.label }), value: { whole: false, keep: way.field } }))
      : [{ label: words.deleteOne, value: { whole: false } }];
    const all = { label: fill(words.deleteBranch, { cards: count(words, "cards", behind + 1) }), value: { whole: true } };
    return { title: fill(words.deleteTitle, { card: short(this.desk.name(id)) }), text: words.undoHint, choices: [...one, all] };
  }

  move(id, way, whole) {
    const { desk } = this;
    const next = operations.move(desk.stream, desk.types, id, way, whole);
    if (!next) return this.#refuse();
    const label = fill(desk.words.moved, { card: short(desk.name(id)) });
    desk.do(next, { label, focus: `card:${id}`, by: "move" });
    desk.say(label);
    return true;
  }

  /** Changes one field of a card; the letters of one field are one step to undo. */
  edit(id, path, value) {
    const { desk } = this;
    const card = writeAt(desk.stream.cards[id], path, value);
    const label = fill(desk.words.editing, { card: short(desk.name(id)) });
    desk.do({ ...desk.stream, cards: { ...desk.stream.cards, [id]: card } }, { label, group: `${id}.${path}`, by: "editor" });
  }

  #refuse() {
    this.desk.say(this.desk.words.cantPaste);
    return false;
  }
}

/** The key of what stands at a way now. */
function keyAt(stream, way) {
  const target = way.card === null ? stream.start : way.field.split(".").reduce((inner, name) => inner?.[name], stream.cards[way.card]);
  if (target) return `card:${target}`;
  return way.card === null || stream.cards[way.card] ? `end:${way.card ?? ""}:${way.field}` : "start";
}
