import { arrange, make, setText } from "./dom.js";

/** More than anybody reads; the search finds the others. */
const MOST = 100;

/** The targets that the search finds, in the server's order: those who can take a chat first; pure. */
export function findTargets(targets, search) {
  const words = search.trim().toLocaleLowerCase().split(/\s+/);
  const fits = ({ name }) => words.every((word) => name.toLocaleLowerCase().includes(word));
  return targets.filter(fits).slice(0, MOST);
}

export function keyOf({ kind, id }) {
  return `${kind}:${id}`;
}

/** The list of colleagues and teams as radio buttons; what was chosen stays chosen while the list is refreshed. */
export class TargetList {
  constructor({ root, say, onChange }) {
    Object.assign(this, { root, say, onChange });
    this.rows = new Map();
    root.addEventListener("change", onChange);
  }

  get chosen() {
    return this.root.querySelector("input:checked")?.value ?? "";
  }

  clear() {
    this.rows.clear();
    this.root.replaceChildren();
  }

  /** Chooses the first one who can take it. */
  chooseFirst() {
    const first = this.root.querySelector("input:not(:disabled)");
    if (!first) return;
    first.checked = true;
    first.focus();
    this.onChange();
  }

  show(targets) {
    const keys = new Set(targets.map(keyOf));
    for (const key of this.rows.keys()) if (!keys.has(key)) this.rows.delete(key);
    arrange(this.root, targets.map((target) => this.#row(target)));
    this.onChange();
  }

  #row(target) {
    const row = this.rows.get(keyOf(target)) ?? this.#make(target);
    this.rows.set(keyOf(target), row);
    setText(row.text, target.text);
    row.input.disabled = !target.able;
    if (!target.able) row.input.checked = false;
    row.node.classList.toggle("is-able", target.able);
    return row.node;
  }

  #make(target) {
    const input = make("input", { type: "radio", name: "target", value: keyOf(target) });
    const kind = target.kind === "team" ? make("span", { class: "target-kind" }, this.say("transfer_team")) : null;
    const text = make("span", { class: "target-text" });
    const name = make("span", { class: "target-name", dir: "auto" }, target.name);
    const node = make("label", { class: "target" }, input, name, kind, text);
    return { node, input, text };
  }
}
