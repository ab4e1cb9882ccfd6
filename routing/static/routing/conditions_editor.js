/* The editor of conditions: rows instead of JSON. The textarea stays the field that is sent. */

import {
  AVAILABLE,
  LISTS,
  MAX_NESTING,
  WITHOUT_VALUE,
  isGroup,
  makeCondition,
  makeGroup,
  readGroup,
  setAttribute,
  setOperator,
  setValue,
  showValue,
  takesOperator,
  writeGroup,
} from "./conditions_model.js";

const CUSTOM = "";

function make(name, properties, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

function makeSelect(label, options, value, onChange) {
  const select = make("select", { value }, ...options.map(([key, text]) => new Option(text, key)));
  select.value = value;
  select.setAttribute("aria-label", label);
  select.addEventListener("change", () => onChange(select.value));
  return select;
}

function makeButton(label, act, className = "button") {
  const button = make("button", { type: "button", className, textContent: label });
  button.addEventListener("click", act);
  return button;
}

/** Rows for the conditions in `text`, in `box`; each change is told as JSON text to `onChange`. */
export class Editor {
  constructor(box, text, words, onChange) {
    Object.assign(this, { box, words, onChange });
    this.group = readGroup(text);
    this.draw();
  }

  /** Draw all of it again, and give the focus to where it was asked for. */
  draw(focus) {
    this.focus = focus;
    this.target = null;
    this.box.replaceChildren(this.drawGroup(this.group, 0, null));
    this.save();
    this.target?.focus();
  }

  save() {
    this.onChange(writeGroup(this.group));
  }

  drawGroup(group, depth, remove) {
    const { words } = this;
    const matches = [["all", words.all], ["any", words.any]];
    const match = makeSelect(words.match, matches, group.match, (value) => {
      group.match = value;
      this.save();
    });
    const head = make("div", { className: "conditions-head" }, match);
    if (remove) head.append(makeButton(words.removeGroup, remove));
    const rows = group.items.map((item, index) => this.drawItem(item, depth, this.makeRemove(group, index)));
    const list = make("div", { className: "conditions-group" }, head, ...rows, this.drawButtons(group, depth));
    list.setAttribute("role", "group");
    if (!depth && !group.items.length) head.replaceChildren(words.everybody);
    return list;
  }

  drawItem(item, depth, remove) {
    const element = isGroup(item) ? this.drawGroup(item, depth + 1, remove) : this.drawCondition(item, remove);
    if (item === this.focus) this.target = element.querySelector("select");
    return element;
  }

  drawButtons(group, depth) {
    const add = (item) => {
      group.items.push(item);
      this.draw(item);
    };
    const condition = makeButton(this.words.addCondition, () => add(makeCondition()));
    if (group === this.focus) this.target = condition;
    const buttons = make("div", { className: "conditions-buttons" }, condition);
    if (depth < MAX_NESTING - 1) buttons.append(makeButton(this.words.addGroup, () => add(makeGroup())));
    return buttons;
  }

  makeRemove(group, index) {
    return () => {
      group.items.splice(index, 1);
      this.draw(group);
    };
  }

  drawCondition(item, remove) {
    const { words } = this;
    const operators = words.operators.filter(([key]) => takesOperator(item.attribute, key));
    const operator = makeSelect(words.operator, operators, item.operator, (value) => {
      setOperator(item, value);
      this.draw(item);
    });
    const parts = [...this.drawAttribute(item), operator];
    if (!WITHOUT_VALUE.has(item.operator)) parts.push(this.drawValue(item));
    return make("div", { className: "conditions-row" }, ...parts, makeButton(words.remove, remove));
  }

  drawAttribute(item) {
    const { words } = this;
    const known = words.attributes.some(([key]) => key === item.attribute);
    const options = [...words.attributes, [CUSTOM, words.other]];
    const select = makeSelect(words.attribute, options, known ? item.attribute : CUSTOM, (value) => {
      setAttribute(item, value);
      this.draw(item);
    });
    if (known) return [select];
    const name = make("input", { type: "text", value: item.attribute, maxLength: 40, required: true });
    name.pattern = "[a-z][a-z0-9_]*";
    name.placeholder = words.otherName;
    name.setAttribute("aria-label", words.otherName);
    name.addEventListener("input", () => {
      item.attribute = name.value.trim();
      this.save();
    });
    return [select, name];
  }

  drawValue(item) {
    const options = this.optionsOf(item);
    return options ? this.drawChoice(item, options) : this.drawTyped(item);
  }

  /** What can be chosen where the value isn't typed: lists by their names, yes or no. */
  optionsOf(item) {
    const { words } = this;
    if (item.attribute === LISTS) return words.lists ?? [];
    return item.attribute === AVAILABLE ? [["yes", words.yes], ["no", words.no]] : null;
  }

  drawChoice(item, options) {
    const { words } = this;
    const chosen = [item.value].flat();
    const gone = chosen.filter((value) => value && !options.some(([key]) => key === value)).map((value) => [value, value]);
    const offered = [...(item.operator === "in_list" ? [] : [["", words.choose]]), ...options, ...gone];
    const select = make("select", { multiple: item.operator === "in_list" }, ...offered.map(([key, text]) => new Option(text, key, false, chosen.includes(key))));
    if (!select.multiple && !chosen.includes(select.value)) select.value = "";
    select.required = true;
    select.setAttribute("aria-label", words.value);
    select.addEventListener("change", () => {
      const values = [...select.selectedOptions].map((option) => option.value);
      item.value = select.multiple ? values : values[0] ?? "";
      this.save();
    });
    return select;
  }

  drawTyped(item) {
    const isList = item.operator === "in_list";
    const label = isList ? this.words.values : this.words.value;
    const field = isList ? make("textarea", { rows: 3 }) : make("input", { type: "text", maxLength: 500 });
    field.value = showValue(item);
    field.required = true;
    field.placeholder = label;
    field.setAttribute("aria-label", label);
    field.addEventListener("input", () => {
      setValue(item, field.value);
      this.save();
    });
    return field;
  }
}

for (const root of document.querySelectorAll("[data-conditions]")) {
  const area = root.querySelector("textarea");
  const words = JSON.parse(root.querySelector("script[type='application/json']").textContent);
  // What can't be read is left as text, for who wrote it.
  if (readGroup(area.value)) {
    const box = make("div", { className: "conditions-box" });
    root.append(box);
    area.hidden = true;
    new Editor(box, area.value, words, (text) => {
      area.value = text;
      area.dispatchEvent(new CustomEvent("conditions", { bubbles: true }));
    });
  }
}
