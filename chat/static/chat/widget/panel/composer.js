// Where the visitor writes: Enter sends, Shift+Enter breaks the line, and it grows with the text (LC-29).
import { el, icon } from "./dom.js";

const MAX_CHARACTERS = 4_000;
const WARN_BELOW = 200;
const MAX_HEIGHT_PX = 140;

/** `send(text)` says whether the text was taken; where not, it stays in the box. */
export function createComposer({ strings, send, typing }) {
  const limits = { rows: "1", maxlength: String(MAX_CHARACTERS), enterkeyhint: "send" };
  const input = el("textarea", { ...limits, "data-part": "composer", "aria-label": strings.write });
  const button = el("button", { type: "submit", class: "send", "data-part": "send", "aria-label": strings.send }, icon("send"));
  const count = el("p", { class: "count", hidden: true });
  const problem = el("p", { class: "reason", role: "alert", hidden: true });
  const node = el("form", { class: "composer", submit: submit }, problem, el("div", { class: "box" }, input, button), count);

  function submit(event) {
    event.preventDefault();
    const text = input.value.trim();
    if (!text || input.disabled) return;
    const wasTaken = send(text);
    problem.hidden = wasTaken;
    problem.textContent = wasTaken ? "" : strings.tooMany;
    if (wasTaken) input.value = "";
    fit();
  }

  function fit() {
    const left = MAX_CHARACTERS - input.value.length;
    count.hidden = left >= WARN_BELOW;
    count.textContent = strings.tooLong(left);
    button.disabled = input.disabled || !input.value.trim();
    input.style.height = "auto";
    input.style.height = `${Math.min(input.scrollHeight, MAX_HEIGHT_PX)}px`;
  }

  input.addEventListener("keydown", (event) => {
    // While an input method composes a character, Enter belongs to it (229: Safari).
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    node.requestSubmit();
  });
  input.addEventListener("input", () => {
    fit();
    if (input.value.trim()) typing();
  });

  function update({ isOpen, placeholder }) {
    if (input.disabled === isOpen || input.placeholder !== placeholder) {
      input.disabled = !isOpen;
      input.placeholder = placeholder;
      fit();
    }
  }

  return { node, update, fit, input };
}
