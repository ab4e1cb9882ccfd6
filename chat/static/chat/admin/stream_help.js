/* Beside a stream's text: an example to begin with while there is nothing, and snippets that are copied. */

import { isEmptyStream } from "./stream_text.js";

const help = document.querySelector("[data-stream-help]");
const area = document.querySelector("textarea.stream-json");
const part = (name) => help.querySelector(`[data-part="${name}"]`);

function tell(what) {
  part("told").textContent = part("told").dataset[what];
}

function offerExample() {
  part("start").hidden = !isEmptyStream(area.value);
}

function fill() {
  if (!isEmptyStream(area.value)) return;
  area.value = JSON.parse(document.getElementById("stream-example").textContent);
  area.dispatchEvent(new Event("input", { bubbles: true }));
  area.focus();
  area.setSelectionRange(0, 0);
  area.scrollTop = 0;
  tell("filled");
}

/** Without https the browser has no clipboard for pages: then the snippet is selected, one key away from it. */
async function copy(snippet) {
  try {
    await navigator.clipboard.writeText(snippet.textContent);
    tell("copied");
    return true;
  } catch {
    getSelection().selectAllChildren(snippet);
    snippet.focus();
    tell("selected");
    return false;
  }
}

function enableCopy(button) {
  const snippet = button.parentElement.querySelector("pre");
  button.hidden = false;
  button.addEventListener("click", async () => {
    button.classList.toggle("is-done", await copy(snippet));
  });
  button.addEventListener("blur", () => button.classList.remove("is-done"));
}

if (help && area) {
  part("fill").addEventListener("click", fill);
  area.addEventListener("input", offerExample);
  offerExample();
  for (const button of help.querySelectorAll("[data-part=copy]")) enableCopy(button);
}
