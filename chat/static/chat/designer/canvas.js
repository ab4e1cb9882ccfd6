/* Draws the stream: cards, ends, the ways between them with their names, and a + on every way. */

import { count, fill, icon, make, short, svg } from "./dom.js";
import { lineOf } from "./layout.js";
import { isSameWay, wordsOf } from "./tree.js";

function slotKey(way) {
  return `${way.card ?? ""}|${way.field}`;
}

// Tokens stand out by the name of what they become.
function withChips(text) {
  return text.split(/(\{\{\s*[A-Za-z][\w.]*\s*(?::\s*"[^"]*"\s*)?\}\})/).map((piece, index) => (index % 2 ? make("span", { class: "token-chip", title: piece }, piece.match(/[A-Za-z][\w.]*/)[0]) : piece));
}

export class Canvas {
  constructor(desk, { world, tree, lines, ways }) {
    Object.assign(this, { desk, world, tree, lines, ways, items: new Map(), chips: new Map(), paths: new Map(), slots: new Map() });
    this.isRtl = document.documentElement.dir === "rtl";
  }

  draw() {
    const { roots, layout } = this.desk;
    this.lines.setAttribute("viewBox", `0 0 ${layout.width} ${layout.height}`);
    this.slots.clear();
    const order = [];
    for (const root of roots) this.#drawItem(root, null, roots.indexOf(root), roots.length, order);
    this.#keep(this.items, order, this.tree);
    this.#drawEdges();
    this.#drawLoose(roots);
    this.mark();
  }

  /** Shows which node is selected; one of them can always be reached by Tab. */
  mark() {
    const { selected } = this.desk;
    const first = this.items.has(selected) ? selected : "start";
    for (const [key, item] of this.items) {
      item.setAttribute("aria-selected", String(key === selected));
      item.tabIndex = key === first ? 0 : -1;
    }
  }

  markFaults() {
    for (const [key, item] of this.items) {
      const node = this.desk.nodes.get(key);
      if (node?.kind === "card") this.#fillBadge(item, node);
    }
  }

  markMatches(keys) {
    for (const [key, item] of this.items) item.classList.toggle("is-found", keys.has(key));
  }

  /** Where a node is, for whoever brings it into view; `left` is physical. */
  boxOf(key) {
    const place = this.desk.layout.places.get(key);
    return place && { ...place, left: this.isRtl ? this.desk.layout.width - place.x - place.w : place.x };
  }

  physical(x) {
    return this.isRtl ? this.desk.layout.width - x : x;
  }

  #drawItem(node, parent, index, size, order) {
    const item = this.items.get(node.key) ?? this.#makeItem(node);
    order.push([node.key, item]);
    if (item.shown !== node.card || item.kind !== node.kind || item.to !== node.id) this.#fillItem(item, node);
    this.#place(item, node.key);
    item.setAttribute("aria-level", String(node.depth + 1));
    item.setAttribute("aria-setsize", String(size));
    item.setAttribute("aria-posinset", String(index + 1));
    item.setAttribute("aria-label", this.#describe(node, item));
    node.children.forEach((child, at) => this.#drawItem(child, node, at, node.children.length, order));
  }

  #makeItem(node) {
    const item = make("div", { role: "treeitem", class: `node is-${node.kind} is-new`, "data-key": node.key, "data-drags": node.kind === "card" });
    requestAnimationFrame(() => requestAnimationFrame(() => item.classList.remove("is-new")));
    return item;
  }

  #place(item, key) {
    const { x, y, w, h } = this.desk.layout.places.get(key);
    const place = `${x} ${y}`;
    if (item.dataset.at === place) return;
    item.dataset.at = place;
    item.style.setProperty("inset-inline-start", `${x}px`);
    item.style.setProperty("inset-block-start", `${y}px`);
    item.style.setProperty("inline-size", `${w}px`);
    item.style.setProperty("block-size", `${h}px`);
  }

  #fillItem(item, node) {
    Object.assign(item, { shown: node.card, kind: node.kind, to: node.id });
    if (node.kind === "card") return this.#fillCard(item, node);
    const { words } = this.desk;
    const looks = {
      start: ["play", this.desk.config.kind === "flow" ? words.startFlow : words.start],
      end: [this.desk.may.edit ? "plus" : "end", this.desk.stream.start || !this.desk.may.edit ? words.end : words.addFirst],
      handover: ["live_chat", words.handover],
      jump: ["jump", node.isMissing ? words.missing : fill(words.jump, { card: short(this.desk.name(node.id), 30) })],
    };
    const [name, text] = looks[node.kind];
    return item.replaceChildren(icon(name), make("span", { class: "node-words", dir: "auto" }, text));
  }

  #fillCard(item, node) {
    const { card } = node;
    const words = wordsOf(card, this.desk.types);
    item.dataset.type = card.type;
    item.replaceChildren(
      make("span", { class: "card-head" },
        make("span", { class: "card-icon", "data-type": card.type }, icon(card.type)),
        make("span", { class: "card-type" }, this.desk.types.get(card.type)?.label ?? card.type),
        make("span", { class: "card-badge" })),
      make("span", { class: words ? "card-words" : "card-words is-empty", dir: "auto" }, words ? withChips(words) : this.desk.words.wordless),
    );
    this.#fillBadge(item, node);
  }

  #fillBadge(item, node) {
    const faults = this.desk.faultsOf(node.id);
    const errors = faults.filter((fault) => fault.severity === "error").length;
    const badge = item.querySelector(".card-badge");
    item.classList.toggle("has-errors", errors > 0);
    item.classList.toggle("has-advice", !errors && faults.length > 0);
    badge.replaceChildren(...(faults.length ? [icon(errors ? "alert" : "bulb"), String(errors || faults.length)] : []));
    item.setAttribute("aria-label", this.#describe(node, item));
  }

  #describe(node, item) {
    const { words } = this.desk;
    const via = node.way?.label ? `${node.way.label}: ` : "";
    if (node.kind !== "card") return `${via}${item.textContent}`;
    const faults = this.desk.faultsOf(node.id);
    const errors = faults.filter((fault) => fault.severity === "error").length;
    const told = [errors && count(words, "faults", errors), faults.length - errors && count(words, "advice", faults.length - errors)];
    return [`${via}${this.desk.name(node.id)}`, ...told.filter(Boolean)].join(". ");
  }

  // Elements in the order of the tree, so that reading along follows it; those that stay are not touched.
  #keep(held, order, parent) {
    const wanted = new Map(order);
    for (const [key, element] of held) {
      if (wanted.get(key) !== element) {
        element.remove();
        held.delete(key);
      }
    }
    order.forEach(([key, element], index) => {
      held.set(key, element);
      if (parent.children[index] !== element) parent.insertBefore(element, parent.children[index] ?? null);
    });
  }

  #drawEdges() {
    const { edges } = this.desk.layout;
    const [paths, chips] = [[], []];
    for (const edge of edges) {
      const path = this.paths.get(edge.key) ?? svg("path", { class: "line" });
      path.setAttribute("d", lineOf(edge));
      path.setAttribute("class", `line is-${edge.node.kind}`);
      paths.push([edge.key, path]);
      const chip = this.#drawWay(edge);
      if (chip) chips.push([edge.key, chip]);
    }
    this.#keep(this.paths, paths, this.lines);
    this.#keep(this.chips, chips, this.ways);
  }

  #drawWay({ key, node, x2, y1, y2 }) {
    if (node.kind === "handover") return null;
    const way = { card: node.way.card, field: node.way.field };
    const isEnd = node.kind === "end";
    const middle = node.way.label ? y2 - 18 : (y1 + y2) / 2;
    this.slots.set(slotKey(way), { way, key, x: x2, y: isEnd ? y2 + 22 : middle });
    const group = this.chips.get(key) ?? make("div", { class: "way" });
    group.style.setProperty("inset-inline-start", `${x2}px`);
    group.style.setProperty("inset-block-start", `${y1}px`);
    group.style.setProperty("block-size", `${y2 - y1}px`);
    group.dataset.slot = slotKey(way);
    const children = [];
    if (node.way.label) children.push(make("span", { class: "way-name", title: node.way.label }, make("bdi", {}, node.way.label)));
    if (!isEnd && this.desk.may.edit && !node.way.stray) children.push(this.#makePlus(way));
    group.replaceChildren(...children);
    return group;
  }

  #makePlus(way) {
    const label = `${this.desk.words.add}, ${this.placeName(way)}`;
    const plus = make("button", { type: "button", class: "plus", tabindex: "-1", "aria-label": label, title: this.desk.words.addHere, "data-slot": slotKey(way) }, icon("plus"));
    return plus;
  }

  /** A way in words: after which card, at which of its choices. */
  placeName(way) {
    const { words } = this.desk;
    if (way.card === null) return words.atStart;
    const node = [...this.desk.nodes.values()].find((each) => isSameWay(each.way, way));
    const card = short(this.desk.name(way.card), 40);
    return node?.way.label ? fill(words.afterChoice, { card, choice: short(node.way.label, 40) }) : fill(words.after, { card });
  }

  // What no branch reaches has a heading of its own.
  #drawLoose(roots) {
    for (const old of this.ways.querySelectorAll(".loose-name")) old.remove();
    for (const root of roots.slice(1)) {
      const { x, y, w } = this.desk.layout.places.get(root.key);
      const name = make("span", { class: "loose-name" }, this.desk.words.loose);
      name.style.setProperty("inset-inline-start", `${x + w / 2}px`);
      name.style.setProperty("inset-block-start", `${y - 26}px`);
      this.ways.append(name);
    }
  }

  /** Marks the ways that something can be put into, and the one it would go to now. */
  markSlots(allowed, target = null) {
    const keys = new Set(allowed.map(slotKey));
    const now = target && slotKey(target);
    for (const group of this.chips.values()) this.#markSlot(group, keys, now, group.dataset.slot);
    for (const [key, item] of this.items) {
      const node = this.desk.nodes.get(key);
      if (node?.kind === "end") this.#markSlot(item, keys, now, slotKey(node.way));
    }
    this.world.classList.toggle("is-placing", allowed.length > 0);
  }

  #markSlot(element, keys, now, key) {
    element.classList.toggle("is-open", keys.has(key));
    element.classList.toggle("is-target", key === now);
  }
}
