/* What lies on the desk: the stream with its history, what is selected, what is wrong with it. Views listen and draw. */

import { fill } from "./dom.js";
import { Draft } from "./draft.js";
import { nameCard } from "./diff.js";
import { History } from "./history.js";
import { layOut } from "./layout.js";
import { buildTree, nodesOf, typesOf } from "./tree.js";

const CHECK_AFTER = 500;

export class Desk extends EventTarget {
  constructor(config, server) {
    super();
    Object.assign(this, { config, server, words: config.words, may: config.may, faults: config.faults });
    this.types = Object.assign(typesOf(config.schema), { choices: config.choices });
    this.published = config.draft;
    this.history = new History(config.draft.stream);
    this.selected = "";
    this.draft = new Draft({
      key: `switchboard:draft:${config.id}`,
      stream: config.draft.stream,
      revision: config.draft.revision,
      storage: () => window.localStorage,
      send: (stream, revision) => server.save(stream, revision, (faults) => stream === this.stream && this.#take(faults), (draft) => this.setPublished(draft)),
      onStatus: () => this.#tell("status"),
      onConflict: (draft) => this.#tell("conflict", draft),
    });
    this.#draw();
  }

  get stream() {
    return this.history.stream;
  }

  get node() {
    return this.nodes.get(this.selected) ?? null;
  }

  get card() {
    return this.node?.kind === "card" ? this.node.card : null;
  }

  get errors() {
    return this.faults.filter((fault) => fault.severity === "error");
  }

  on(type, listener) {
    this.addEventListener(type, (event) => listener(event.detail));
  }

  /** Makes this the stream. `focus` is the key of the node to go to, `by` who did it. */
  do(stream, { label, focus = "", group = "", by = "" }) {
    if (!this.may.edit || !stream || stream === this.stream) return false;
    this.history.push(stream, { label, focus: focus || this.selected, group });
    this.#changed(by, focus);
    return true;
  }

  undo() {
    const step = this.history.undo();
    if (!step) return this.say(this.words.nothingToUndo);
    this.#changed("history", step.focus);
    return this.say(fill(this.words.undone, { what: step.label }));
  }

  redo() {
    const step = this.history.redo();
    if (!step) return this.say(this.words.nothingToRedo);
    this.#changed("history", step.focus);
    return this.say(fill(this.words.redone, { what: step.label }));
  }

  /** Selects a node; `show` brings it into view, `focus` gives it the keyboard. */
  select(key, { show = true, focus = false } = {}) {
    this.history.closeGroup();
    this.selected = this.nodes.has(key) ? key : "";
    this.#tell("select", { show, focus });
  }

  say(text) {
    this.#tell("say", text);
  }

  name(id) {
    return nameCard(this.stream.cards[id], this.types);
  }

  faultsOf(id) {
    return this.faults.filter((fault) => fault.card === id);
  }

  async check() {
    clearTimeout(this.checking);
    const { stream } = this;
    const faults = await this.server.check(stream).catch(() => null);
    if (faults && stream === this.stream) this.#take(faults);
  }

  /** What the server says of the dialogue: published or not, changed since or not. */
  setPublished(draft) {
    this.published = draft;
    this.#tell("status");
  }

  #changed(by, focus) {
    this.#draw();
    if (focus && this.nodes.has(focus)) this.selected = focus;
    else if (!this.nodes.has(this.selected)) this.selected = "";
    this.#tell("change", { by });
    this.draft.change(this.stream);
    clearTimeout(this.checking);
    this.checking = setTimeout(() => void this.check(), CHECK_AFTER);
  }

  #draw() {
    this.roots = buildTree(this.stream, this.types);
    this.nodes = new Map([...nodesOf(this.roots)].map((node) => [node.key, node]));
    this.layout = layOut(this.roots);
  }

  #take(faults) {
    this.faults = faults;
    this.#tell("faults");
  }

  #tell(type, detail = null) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
