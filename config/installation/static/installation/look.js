/* The form of the chat's look: every change goes to the preview at once, and the colour is checked in words. */

import { describeColour, isColour } from "../chat/widget/look/contrast.js";
import { fitPicture } from "./picture.js";
import { createPreview } from "./preview.js";

const form = document.getElementById("chatwindow_form");
const words = document.getElementById("look-words").dataset;
const saved = JSON.parse(document.getElementById("look-now").textContent);
const aside = document.querySelector('[data-part="preview"]');
const field = (name) => form.elements.namedItem(name);
const number = new Intl.NumberFormat(document.documentElement.lang, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
let picture = saved.avatar;

/** The look as the form has it; what can't be used stays as it was. */
function readLook() {
  const whole = (name, now) => (field(name).validity.valid && field(name).value !== "" ? Number(field(name).value) : now);
  return {
    name: field("widget_name").value.trim() || saved.name,
    accent: isColour(field("accent").value) ? field("accent").value.toLowerCase() : saved.accent,
    theme: field("theme").value, font: field("font").value, anchor: field("anchor").value,
    side: whole("offset_side", saved.side), bottom: whole("offset_bottom", saved.bottom),
    avatar: field("picture-clear")?.checked ? "" : picture,
    delay: whole("response_delay_ms", saved.delay),
    sounds: field("sounds").checked, poke: field("poke_on_mobile").checked, files: field("files_enabled").checked,
    privacy: field("privacy_url").validity.valid ? field("privacy_url").value.trim() : "",
    // The preview has nobody to ask.
    consent: false,
  };
}

function fill(sentence, figures) {
  return sentence.replace(/%\((\w+)\)s/g, (_, name) => number.format(figures[name]));
}

function say({ words: name, ratio, instead, ground, ink }) {
  const key = name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
  const swatch = document.createElement("span");
  swatch.className = name.startsWith("seen") || name.startsWith("edge") ? "swatch is-button" : "swatch";
  swatch.setAttribute("aria-hidden", "true");
  swatch.textContent = "Aa";
  swatch.style.setProperty("--ground", ground);
  swatch.style.setProperty("--ink", ink);
  const item = document.createElement("li");
  item.className = instead ? "is-mended" : "";
  item.append(swatch, fill(words[key], { ratio, instead }));
  return item;
}

function createColour(input) {
  const wheel = document.createElement("input");
  wheel.type = "color";
  wheel.setAttribute("aria-label", words.pick);
  wheel.disabled = input.disabled;
  const facts = document.createElement("ul");
  facts.className = "contrast";
  const status = document.createElement("div");
  status.id = "contrast";
  status.setAttribute("role", "status");
  status.append(facts);
  const row = document.createElement("div");
  row.className = "colour-row";
  input.before(row);
  row.append(wheel, input);
  // Below the field and its help, as the form's own errors are above it.
  row.closest(".form-row").append(status);

  function check() {
    const known = isColour(input.value);
    if (known) wheel.value = input.value;
    input.setAttribute("aria-invalid", String(!known));
    facts.replaceChildren(...(known ? describeColour(input.value.toLowerCase()).map(say) : [plain(words.wrong)]));
  }

  wheel.addEventListener("input", () => {
    input.value = wheel.value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
  input.addEventListener("input", check);
  check();
}

function plain(sentence) {
  const item = document.createElement("li");
  item.className = "is-wrong";
  item.textContent = sentence;
  return item;
}

async function takePicture(input, note) {
  note.textContent = "";
  const [file] = input.files;
  if (picture.startsWith("blob:")) URL.revokeObjectURL(picture);
  picture = saved.avatar;
  if (!file) return;
  const fitted = await fitPicture(file);
  if (!fitted) {
    note.textContent = words.unreadable;
    return;
  }
  if (fitted !== file) {
    const chosen = new DataTransfer();
    chosen.items.add(fitted);
    input.files = chosen.files;
    note.textContent = words.cut;
  }
  picture = URL.createObjectURL(fitted);
}

function createPicture(input) {
  const note = document.createElement("p");
  note.className = "help";
  note.setAttribute("role", "status");
  input.after(note);
  input.addEventListener("change", async () => {
    await takePicture(input, note);
    preview.show(readLook());
  });
}

createColour(field("accent"));
createPicture(field("picture"));
const preview = createPreview(aside, readLook());
form.addEventListener("input", () => preview.show(readLook()));
form.addEventListener("reset", () => setTimeout(() => preview.show(readLook())));
