/* A small editor for the fallback message: buttons that put tags around what is selected, and a preview that shows
   exactly what the widget will, because the server cleans the text and gives it as nodes. */

import { buildNodes } from "./rich_text_nodes.js";

const PREVIEW_DELAY = 300; // milliseconds after the last key

function wrapSelection(area, before, after) {
  const { selectionStart: start, selectionEnd: end, value } = area;
  area.setRangeText(before + value.slice(start, end) + after, start, end, "select");
  area.setSelectionRange(start + before.length, end + before.length);
  area.focus();
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

function wrapLines(area, list) {
  const { selectionStart: start, selectionEnd: end, value } = area;
  const lines = value.slice(start, end).split("\n").filter((line) => line.trim());
  const items = (lines.length ? lines : [""]).map((line) => `  <li>${line.trim()}</li>`).join("\n");
  area.setRangeText(`<${list}>\n${items}\n</${list}>`, start, end, "end");
  area.focus();
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

function insertLink(area, words) {
  const address = window.prompt(words.address, "https://");
  if (!address) return;
  const escaped = address.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
  wrapSelection(area, `<a href="${escaped}">`, "</a>");
}

function makeToolbar(area, words) {
  const bar = document.createElement("div");
  bar.className = "rich-text-bar";
  bar.setAttribute("role", "toolbar");
  const actions = [
    [words.bold, () => wrapSelection(area, "<b>", "</b>")],
    [words.italic, () => wrapSelection(area, "<i>", "</i>")],
    [words.link, () => insertLink(area, words)],
    [words.bullets, () => wrapLines(area, "ul")],
    [words.numbers, () => wrapLines(area, "ol")],
  ];
  for (const [label, act] of actions) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button";
    button.textContent = label;
    button.addEventListener("click", act);
    bar.append(button);
  }
  return bar;
}

function makePreview(area, words) {
  const box = document.createElement("div");
  box.className = "rich-text-preview";
  const title = document.createElement("p");
  title.className = "rich-text-title";
  title.textContent = words.preview;
  const text = document.createElement("div");
  text.setAttribute("aria-live", "polite");
  box.append(title, text);
  let latest = 0;

  async function show() {
    const mine = ++latest;
    const csrf = area.form.querySelector("[name=csrfmiddlewaretoken]").value;
    let answer = { error: words.unreachable };
    try {
      const response = await fetch(words.url, {
        method: "POST",
        headers: { "X-CSRFToken": csrf },
        body: new URLSearchParams({ html: area.value }),
      });
      if (response.headers.get("content-type")?.startsWith("application/json")) answer = await response.json();
    } catch (failure) {
      console.warn("preview", failure.name);
    }
    if (mine !== latest) return;
    if (answer.error) text.replaceChildren(answer.error);
    else if (!answer.nodes.length) text.replaceChildren(words.standard);
    else text.replaceChildren(...buildNodes(answer.nodes, document));
  }

  let timer;
  area.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(show, PREVIEW_DELAY);
  });
  show();
  return box;
}

const words = document.getElementById("rich-text-words").dataset;
for (const area of document.querySelectorAll("textarea[data-rich-text]")) {
  const box = document.createElement("div");
  box.className = "rich-text";
  area.before(box);
  box.append(makeToolbar(area, words), area);
  box.append(makePreview(area, words)); // the preview needs the area in its form
}
