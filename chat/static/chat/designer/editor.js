/* The editor at the side: made from the card type's form, whatever its fields are; faults stand at their fields. */

import { button, count, fill, icon, iconButton, make, short } from "./dom.js";
import { makeControl } from "./fields.js";
import { addRow, moveRow, removeRow, rowId } from "./operations.js";
import { createTokenButton } from "./tokens.js";
import { nameOfRow, readAt, wordsOf } from "./tree.js";

export function createEditor({ desk, acts, root, toolbar, onClose }) {
  const { words, config } = desk;
  let shown = "";

  function draw({ focus = "" } = {}) {
    const held = focus || document.activeElement?.closest?.("[data-path]")?.dataset.path;
    const isHeld = root.contains(document.activeElement) || focus;
    const scroll = root.querySelector(".editor-fields")?.scrollTop ?? 0;
    const isSame = shown === desk.selected;
    shown = desk.selected;
    root.replaceChildren(...(desk.card ? drawCard(desk.node.id, desk.card) : [make("p", { class: "editor-none muted" }, words.nothingChosen)]));
    root.dataset.open = String(Boolean(desk.card));
    markFaults();
    for (const area of root.querySelectorAll("textarea")) fit(area);
    if (isSame) root.querySelector(".editor-fields")?.scrollTo(0, scroll);
    if (isHeld && held) focusPath(held);
  }

  function drawCard(id, card) {
    const form = desk.types.get(card.type);
    const head = make("div", { class: "editor-head" },
      make("span", { class: "card-icon", "data-type": card.type }, icon(card.type)),
      make("h2", { id: "editor-title" }, form?.label ?? card.type),
      iconButton("remove", words.close, onClose));
    const fields = (form?.fields ?? []).filter((field) => field.kind !== "card" && isShown(field, card, form));
    const body = make("div", { class: "editor-fields" },
      make("p", { class: "muted editor-about" }, form?.description ?? ""),
      make("ul", { class: "field-faults", "data-faults": "" }),
      make("fieldset", { disabled: !desk.may.edit, role: "none" },
        fields.map((field) => (field.kind === "rows" ? drawRows(id, card, field) : drawField(id, card, field, field.name, form)))),
      drawWays(id, card, form));
    return [head, body, toolbar(id)];
  }

  function isShown(field, card, form) {
    if (!field.shown_when) return true;
    const [name, wanted] = field.shown_when;
    return (card[name] ?? form.defaults?.[name]) === wanted;
  }

  function drawField(id, card, field, path, form = {}, { label = field.label } = {}) {
    const value = readAt(card, path) ?? form.defaults?.[field.name];
    const control = makeControl({
      field: { ...field, example: "" }, value, config, id: `field-${path.replaceAll(".", "-")}`,
      tell: (changed) => tell(id, field, path, changed),
    });
    const help = field.help ? make("p", { class: "field-help muted", id: `${control.id}-help` }, field.help) : "";
    const isGroup = control.getAttribute("role") === "group";
    const name = make(isGroup ? "span" : "label", { class: "field-name", for: isGroup ? null : control.id, id: `${control.id}-name` }, label);
    if (field.required && !isGroup) control.setAttribute("aria-required", "true");
    if (isGroup) control.setAttribute("aria-labelledby", `${control.id}-name`);
    if (help) control.setAttribute("aria-describedby", help.id);
    const faults = make("ul", { class: "field-faults", "data-faults": path, id: `${control.id}-faults` });
    const token = field.kind === "text" ? createTokenButton(control, { words, attributes: knownAttributes() }) : "";
    return make("div", { class: `field is-${field.kind}`, "data-path": path }, name, control, token, help, faults);
  }

  function tell(id, field, path, value) {
    acts.edit(id, path, value);
    const depends = desk.types.get(desk.stream.cards[id].type).fields.some((each) => each.shown_when?.[0] === field.name);
    if (depends) draw({ focus: path });
  }

  function drawRows(id, card, field) {
    const rows = card[field.name] ?? [];
    const items = rows.map((row, index) => drawRow(id, card, field, row, index, rows.length));
    const add = button(words.rowAdd, () => insertRow(id, card, field), { icon: "plus", class: "button is-small" });
    return make("div", { class: "field is-rows", "data-path": field.name },
      make("span", { class: "field-name" }, field.label),
      make("ol", { class: "rows" }, items),
      add,
      field.help ? make("p", { class: "field-help muted" }, field.help) : "",
      make("ul", { class: "field-faults", "data-faults": field.name }));
  }

  function drawRow(id, card, field, row, index, size) {
    const path = `${field.name}.${index}`;
    const called = nameOfRow(row, field, index);
    const inner = field.fields.filter((each) => each.kind !== "card" && each.name !== "id");
    const way = field.fields.find((each) => each.kind === "card");
    const move = (to) => desk.do(moveRow(desk.stream, id, field.name, index, to), { label: fill(words.editing, { card: short(desk.name(id)) }), by: "rows" });
    return make("li", { class: "row", "data-path": path },
      make("div", { class: "row-fields" }, inner.map((each) => drawField(id, card, each, `${path}.${each.name}`))),
      make("div", { class: "row-tools" },
        way ? drawTarget(row[way.name] ?? null, { card: id, field: `${path}.${way.name}` }) : "",
        iconButton("up", fill(words.rowUp, { row: called }), () => move(index - 1), { disabled: index === 0 }),
        iconButton("down", fill(words.rowDown, { row: called }), () => move(index + 1), { disabled: index === size - 1 }),
        iconButton("bin", fill(words.rowRemove, { row: called }), () => dropRow(id, field, index, called))),
      make("ul", { class: "field-faults", "data-faults": `${path}.id` }));
  }

  function insertRow(id, card, field) {
    const rows = card[field.name] ?? [];
    const line = field.fields.find((each) => each.name !== "id" && each.kind === "line");
    const row = Object.fromEntries(field.fields.filter((each) => each.required || each.name === "id").map((each) => [each.name, each.kind === "conditions" ? { match: "all", items: [] } : each.kind === "card" ? null : ""]));
    if ("id" in row) row.id = rowId(`${field.name.slice(0, -1)}-${rows.length + 1}`, rows);
    desk.do(addRow(desk.stream, id, field.name, row), { label: fill(words.editing, { card: short(desk.name(id)) }), by: "rows" });
    draw({ focus: `${field.name}.${rows.length}.${line?.name ?? field.fields[0].name}` });
  }

  function dropRow(id, field, index, row) {
    const before = Object.keys(desk.stream.cards).length;
    const next = removeRow(desk.stream, desk.types, id, field.name, index);
    const gone = before - Object.keys(next.cards).length;
    const label = fill(words.rowRemoved, { row, cards: count(words, "cards", gone) });
    desk.do(next, { label, by: "rows" });
    desk.say(label);
    draw({ focus: field.name });
  }

  function drawWays(id, card, form) {
    const ways = (form?.fields ?? []).filter((field) => field.kind === "card");
    if (!ways.length) return "";
    return make("div", { class: "editor-ways" }, ways.map((field) => make("div", { class: "editor-way", "data-path": field.name },
      make("span", { class: "field-name" }, ways.length > 1 || form.fields.some((each) => each.kind === "rows") ? field.label : words.leadsTo),
      drawTarget(card[field.name] ?? null, { card: id, field: field.name }),
      make("ul", { class: "field-faults", "data-faults": field.name }))));
  }

  // Where a way leads is set on the canvas; here it is a link to go there.
  function drawTarget(target, way) {
    const card = target && desk.stream.cards[target];
    if (!card) return make("span", { class: "target is-end muted" }, icon("end"), target ? words.missing : words.endsHere);
    const label = short(wordsOf(card, desk.types) || desk.types.get(card.type)?.label || card.type, 28);
    return make("button", { type: "button", class: "target", "data-type": card.type, click: () => desk.select(`card:${target}`), "aria-label": `${words.leadsTo}: ${label}`, "data-way": `${way.card}|${way.field}` }, icon(card.type), make("span", { dir: "auto" }, label));
  }

  /** What the visitor could have told by then: known names, and what the cards of this stream keep. */
  function knownAttributes() {
    const known = new Map(config.attributes);
    for (const card of Object.values(desk.stream.cards)) {
      if (typeof card.attribute === "string" && card.attribute && !known.has(card.attribute)) known.set(card.attribute, card.attribute);
    }
    return [...known];
  }

  function markFaults() {
    if (!desk.card) return;
    const lists = new Map([...root.querySelectorAll("[data-faults]")].map((list) => [list.dataset.faults, list]));
    for (const list of lists.values()) list.replaceChildren();
    for (const field of root.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
    for (const fault of desk.faultsOf(desk.node.id)) showFault(fault, lists);
  }

  // At its field, else at the nearest one around it, else at the head of the card.
  function showFault(fault, lists) {
    const parts = (fault.field ?? "").split(".");
    while (parts.length && !lists.has(parts.join("."))) parts.pop();
    const list = lists.get(parts.join("."));
    list.append(make("li", { class: `is-${fault.severity}` }, icon(fault.severity === "error" ? "alert" : "bulb"), make("span", { dir: "auto" }, fault.message)));
    const control = fault.severity === "error" && list.dataset.faults && document.getElementById(`field-${list.dataset.faults.replaceAll(".", "-")}`);
    if (control) {
      control.setAttribute("aria-invalid", "true");
      control.setAttribute("aria-describedby", [`${control.id}-faults`, document.getElementById(`${control.id}-help`)?.id].filter(Boolean).join(" "));
    }
  }

  function focusPath(path) {
    const parts = path.split(".");
    while (parts.length) {
      const place = root.querySelector(`[data-path="${CSS.escape(parts.join("."))}"]`);
      const control = place?.querySelector("input, textarea, select, button");
      if (control) {
        control.focus();
        return true;
      }
      parts.pop();
    }
    return false;
  }

  /** The keyboard goes to a field; without one to the first, its words selected to be written over. */
  function focus(path = "") {
    if (path && focusPath(path)) return;
    const first = root.querySelector(".editor-fields :is(input, textarea, select):not(:disabled)");
    first?.focus();
    if (first?.select) first.select();
  }

  root.addEventListener("input", (event) => event.target.matches("textarea") && fit(event.target));
  root.addEventListener("focusout", () => desk.history.closeGroup());
  return { draw, focus, markFaults };
}

// As high as what is written in it.
function fit(area) {
  area.style.setProperty("height", "auto");
  area.style.setProperty("height", `${area.scrollHeight + 2}px`);
}
