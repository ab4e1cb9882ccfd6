/* The fields of a card, one function per kind: each gives its control and reads it. A kind that is new here is shown as JSON. */

import { Editor as ConditionsEditor } from "../../routing/conditions_editor.js";
import { make } from "./dom.js";

/** `tell(value)`; undefined takes the field out of the card, so that the server's default holds. */
export const KINDS = {
  line: makeLine,
  text: makeText,
  attribute: makeAttribute,
  select: makeSelect,
  switch: makeSwitch,
  lines: makeLines,
  lists: makeLists,
  conditions: makeConditions,
  agent: makeReference,
  team: makeReference,
  document: makeReference,
  flow: makeReference,
};

export function makeControl(context) {
  return (KINDS[context.field.kind] ?? makeRaw)(context);
}

const emptied = (field, text) => (text === "" && !field.required ? undefined : text);

function makeLine({ field, value, tell, id }) {
  return make("input", {
    id, type: "text", dir: "auto", maxlength: field.max_length, autocomplete: "off", value: value ?? "",
    placeholder: field.example, input: (event) => tell(emptied(field, event.target.value)),
  });
}

function makeText({ field, value, tell, id }) {
  const area = make("textarea", { id, rows: 2, dir: "auto", placeholder: field.example, input: (event) => tell(emptied(field, event.target.value)) });
  if (field.max_length) area.maxLength = field.max_length;
  area.value = value ?? "";
  return area;
}

function makeAttribute({ field, value, tell, id }) {
  return make("input", {
    id, type: "text", list: "known-attributes", maxlength: 40, autocomplete: "off", autocapitalize: "none", spellcheck: "false", class: "is-code",
    value: value ?? "", input: (event) => tell(emptied(field, event.target.value.trim())),
  });
}

function makeSelect({ field, value, tell, id, config }) {
  const label = (option) => (option.prime && !config.isPrime ? `${option.label} (${config.words.onlyPrime})` : option.label);
  const known = field.options.some((option) => option.value === value) || value === undefined || value === null;
  const options = field.options.map((option) => {
    const shown = new Option(label(option), option.value);
    shown.disabled = option.prime && !config.isPrime && option.value !== value;
    return shown;
  });
  if (!known) options.push(new Option(String(value), String(value)));
  const select = make("select", { id, change: (event) => tell(event.target.value) }, options);
  select.value = value ?? field.options[0]?.value ?? "";
  return select;
}

function makeSwitch({ value, tell, id }) {
  const box = make("input", { id, type: "checkbox", class: "switch", change: (event) => tell(event.target.checked) });
  box.checked = Boolean(value);
  return box;
}

function makeLines({ value, tell, id, config }) {
  const area = make("textarea", { id, rows: 4, dir: "auto", placeholder: config.words.oneALine, input: (event) => tell(event.target.value.split("\n").map((line) => line.trim()).filter(Boolean)) });
  area.value = (value ?? []).join("\n");
  return area;
}

function makeReference({ field, value, tell, id, config }) {
  const choices = config.choices[field.kind] ?? [];
  const options = [new Option(choices.length ? config.words.choose : config.words.noneYet, ""), ...choices.map((choice) => new Option(choice.label, choice.value))];
  if (value !== null && value !== undefined && !choices.some((choice) => choice.value === value)) {
    options.push(new Option(config.words.unknownChoice.replace("%(value)s", value), value));
  }
  const select = make("select", { id, change: (event) => tell(event.target.value ? Number(event.target.value) : null) }, options);
  select.value = value ?? "";
  return select;
}

function makeLists({ value, tell, id, config }) {
  const chosen = new Set(value ?? []);
  const choices = [...config.choices.lists];
  for (const gone of chosen) {
    if (!choices.some((choice) => choice.value === gone)) choices.push({ value: gone, label: config.words.unknownChoice.replace("%(value)s", gone) });
  }
  const boxes = choices.map((choice) => {
    const box = make("input", { type: "checkbox", change: () => {
      if (box.checked) chosen.add(choice.value);
      else chosen.delete(choice.value);
      tell([...chosen]);
    } });
    box.checked = chosen.has(choice.value);
    return make("label", { class: "check" }, box, make("span", { dir: "auto" }, choice.label));
  });
  return make("div", { id, class: "checks", role: "group", tabindex: "-1" }, boxes.length ? boxes : make("span", { class: "muted" }, config.words.noneYet));
}

function makeConditions({ value, tell, id, config }) {
  const box = make("div", { id, class: "conditions", role: "group", tabindex: "-1" });
  let isReady = false;
  // Drawing tells once what it has read; only what comes after that is somebody's change.
  new ConditionsEditor(box, JSON.stringify(value ?? {}), config.conditions, (text) => isReady && tell(JSON.parse(text)));
  isReady = true;
  return box;
}

function makeRaw({ value, tell, id, config }) {
  const area = make("textarea", { id, rows: 4, class: "is-code", spellcheck: "false", title: config.words.rawField, input: () => {
    try {
      tell(JSON.parse(area.value || "null"));
      area.setCustomValidity("");
    } catch {
      area.setCustomValidity(config.words.rawInvalid);
    }
  } });
  area.value = value === undefined ? "" : JSON.stringify(value, null, 2);
  return area;
}
