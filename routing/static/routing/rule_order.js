/* The list of rules: rows are moved by a handle or by their arrows, and each move is saved at once. */
import { createKeeper, findPlace, moveTo, scrollBy } from "./rule_moves.js";

/** Longer than any move takes, milliseconds: a lost connection is told by then. */
const ANSWER_WITHIN = 15_000;

const box = document.querySelector("[data-rule-order]");
const rows = new Map();
for (const mark of document.querySelectorAll("#result_list [data-rule]")) rows.set(mark.dataset.rule, mark.closest("tr"));
if (box && rows.size > 1) start();

function start() {
  const words = JSON.parse(document.getElementById("rule-order-words").textContent);
  const table = document.querySelector("#result_list");
  const form = table.closest("form");
  const body = [...rows.values()][0].parentElement;
  const before = Number(box.dataset.before);
  const keeper = createKeeper([...rows.keys()], { send, saved, failed });
  let drag = null;

  // The numbers say the same as the places, where all rules are here.
  table.classList.toggle("is-movable", rows.size === Number(box.dataset.total));
  box.querySelector("[data-order-help]").hidden = false;
  for (const [id, row] of rows) prepare(id, row);
  show(keeper.wanted);
  form.addEventListener("submit", waitForOrder);

  function prepare(id, row) {
    const mark = row.querySelector("[data-rule]");
    mark.append(box.querySelector("[data-order-controls]").content.cloneNode(true));
    for (const button of mark.querySelectorAll("[data-move]")) {
      button.setAttribute("aria-label", fill(words[button.dataset.move], { name: mark.dataset.name }));
      button.addEventListener("click", () => step(id, button.dataset.move === "up" ? -1 : 1));
    }
    mark.querySelector("[data-handle]").addEventListener("pointerdown", (event) => take(id, event));
  }

  function step(id, by) {
    const ids = keeper.wanted;
    const place = ids.indexOf(id) + by;
    if (place < 0 || place >= ids.length) say(by < 0 ? "first" : "last", id);
    else settle(id, moveTo(ids, id, place));
  }

  function settle(id, ids) {
    box.querySelector("[data-order-error]").hidden = true;
    show(ids, id);
    say("moved", id, ids);
    keeper.want(ids);
  }

  /** Puts the rows in order around the one that moved: it stays in the page, and so do focus and pointer. */
  function show(ids, moved) {
    const at = ids.indexOf(moved);
    const still = rows.get(moved);
    if (still) {
      still.before(...ids.slice(0, at).map((id) => rows.get(id)));
      still.after(...ids.slice(at + 1).map((id) => rows.get(id)));
    } else body.append(...ids.map((id) => rows.get(id)));
    for (const [place, id] of ids.entries()) label(rows.get(id), place, ids.length);
  }

  function label(row, place, count) {
    row.querySelector("[data-rule] b").textContent = before + place + 1;
    // Not disabled: the button under the finger would lose the focus.
    row.querySelector("[data-move=up]").setAttribute("aria-disabled", String(place === 0));
    row.querySelector("[data-move=down]").setAttribute("aria-disabled", String(place === count - 1));
  }

  function say(key, id, ids = keeper.wanted) {
    const place = before + ids.indexOf(id) + 1;
    const { name } = rows.get(id).querySelector("[data-rule]").dataset;
    box.querySelector("[data-order-said]").textContent = fill(words[key], { name, place, total: box.dataset.total });
  }

  // --- By pointer

  function take(id, event) {
    if (event.button !== 0 || drag) return;
    event.preventDefault();
    drag = { id, ids: keeper.wanted, from: keeper.wanted, pointer: event.pointerId, y: event.clientY };
    rows.get(id).classList.add("is-dragged");
    for (const [name, act] of Object.entries(listeners)) document.addEventListener(name, act);
    drag.frame = requestAnimationFrame(scroll);
  }

  const listeners = {
    pointermove: (event) => isOurs(event) && follow(event.clientY),
    pointerup: (event) => isOurs(event) && drop(drag.ids),
    pointercancel: (event) => isOurs(event) && drop(drag.from),
    keydown: (event) => event.key === "Escape" && drop(drag.from),
  };

  function isOurs(event) {
    return event.pointerId === drag?.pointer;
  }

  function follow(y) {
    drag.y = y;
    const others = drag.ids.filter((id) => id !== drag.id);
    const ids = moveTo(drag.ids, drag.id, findPlace(others.map((id) => middleOf(rows.get(id))), y));
    if (ids.indexOf(drag.id) === drag.ids.indexOf(drag.id)) return;
    drag.ids = ids;
    show(ids, drag.id);
  }

  function scroll() {
    if (!drag) return;
    const by = scrollBy(drag.y, window.innerHeight);
    if (by) {
      document.scrollingElement.scrollBy(0, by);
      follow(drag.y);
    }
    drag.frame = requestAnimationFrame(scroll);
  }

  function drop(ids) {
    const { id, from, frame } = drag;
    cancelAnimationFrame(frame);
    for (const [name, act] of Object.entries(listeners)) document.removeEventListener(name, act);
    rows.get(id).classList.remove("is-dragged");
    drag = null;
    if (ids.indexOf(id) !== from.indexOf(id)) settle(id, ids);
    else {
      show(from, id);
      say("back", id);
    }
  }

  // --- Saving

  async function send(shown, wanted) {
    const data = new URLSearchParams({ shown, wanted, before, total: box.dataset.total });
    const headers = { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value };
    const signal = AbortSignal.timeout(ANSWER_WITHIN);
    const answer = await fetch(box.dataset.url, { method: "POST", headers, body: data, signal });
    const isJson = answer.headers.get("Content-Type")?.startsWith("application/json");
    const said = isJson && !answer.redirected ? await answer.json() : {};
    if (!answer.ok || !said.numbers) throw new Error(said.message ?? words.failed);
    return said.numbers;
  }

  /** What the form would send of the numbers is what they are now. */
  function saved(numbers) {
    for (const [id, number] of Object.entries(numbers)) {
      for (const field of rows.get(id)?.querySelectorAll("[name$='-priority']") ?? []) field.value = number;
    }
  }

  function failed(ids, error) {
    // A fetch that failed, or took too long, has words of the browser's own.
    const isBrowsers = error instanceof TypeError || error instanceof DOMException;
    const message = isBrowsers ? words.failed : error.message;
    if (drag) drop(drag.from);
    const focused = document.activeElement?.closest("[data-rule]")?.dataset.rule;
    show(ids, focused);
    const note = box.querySelector("[data-order-error]");
    note.textContent = message;
    note.hidden = false;
    note.scrollIntoView({ block: "nearest" });
    box.querySelector("[data-order-said]").textContent = "";
  }

  /** The form's numbers are right only once a move is saved; if it is refused, that must stay in sight. */
  async function waitForOrder(event) {
    if (!keeper.isSaving) return;
    event.preventDefault();
    const { submitter } = event;
    if (await keeper.want(keeper.wanted)) form.requestSubmit(submitter);
  }
}

function middleOf(row) {
  const { top, height } = row.getBoundingClientRect();
  return top + height / 2;
}

function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
}
