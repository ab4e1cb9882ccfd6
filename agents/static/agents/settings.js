import { part, setText, show } from "./dom.js";
import { coveredMinutes, isOverMidnight, readPreset, writeHours } from "./week.js";

const WEEKDAYS = ["1", "2", "3", "4"];

/** The week's hours: rows are added, removed and copied here; without scripts each free day has one empty row. */
const form = part("hours");
if (form) {
  keepHours(form);
  offerOwnZone(form.elements.time_zone, part("zone-own", form));
}

function keepHours(hours) {
  const template = document.getElementById("hours-row");
  const total = hours.elements["hours-TOTAL_FORMS"];
  const sum = part("hours-sum", hours);
  const days = [...hours.querySelectorAll("[data-part=hours-day]")];
  for (const day of days) prepare(day);
  offer("hours-copy", copyMonday);
  show(part("presets", hours), true);
  for (const button of hours.querySelectorAll("[data-preset]")) {
    button.addEventListener("click", () => fill(readPreset(button.dataset.preset)));
  }
  hours.addEventListener("input", sumUp);
  sumUp();

  function offer(name, act, root = hours) {
    const button = part(name, root);
    show(button, true);
    button?.addEventListener("click", act);
    return button;
  }

  function prepare(day) {
    const add = offer("hours-add", () => addRow(day, suggestFor(day)).starts.focus(), day);
    offer("hours-same", () => setDay(day, filledOf(days[days.indexOf(day) - 1])), day);
    day.addEventListener("click", (event) => {
      const row = event.target.closest("[data-remove-row]")?.closest("[data-part=hours-row]");
      if (!row) return;
      drop(row);
      refresh(day);
      add.focus();
    });
    for (const row of rowsOf(day)) if (isEmpty(row) && !row.classList.contains("is-wrong")) drop(row);
    refresh(day);
  }

  function refresh(day) {
    show(part("hours-off", day), rowsOf(day).every((row) => row.hidden));
    sumUp();
  }

  function sumUp() {
    const minutes = coveredMinutes(days.map(filledOf));
    for (const row of days.flatMap(rowsOf)) show(part("hours-next", row), isOverMidnight(spanOf(row)));
    setText(sum, sum.dataset.words.replace("{hours}", writeHours(minutes, document.documentElement.lang)));
  }

  // A row that the server numbered stays in the form, empty: that means no hours.
  function drop(row) {
    const { starts, ends } = timesOf(row);
    starts.value = ends.value = "";
    row.hidden = true;
  }

  /** A row that was dropped serves again: the server takes only so many. */
  function addRow(day, [from, to]) {
    const row = rowsOf(day).find((other) => other.hidden) ?? makeRow(day);
    row.hidden = false;
    row.classList.remove("is-wrong");
    for (const error of row.querySelectorAll(".field-error")) error.remove();
    const times = timesOf(row);
    times.starts.value = from;
    times.ends.value = to;
    refresh(day);
    return times;
  }

  function makeRow(day) {
    const row = template.content.firstElementChild.cloneNode(true);
    for (const field of row.querySelectorAll("[name], [id]")) {
      if (field.name) field.name = field.name.replace("__prefix__", total.value);
      if (field.id) field.id = field.id.replace("__prefix__", total.value);
    }
    for (const label of row.querySelectorAll("label > .visually-hidden")) label.prepend(part("day-name", day).textContent);
    total.value = Number(total.value) + 1;
    row.querySelector("[name$=weekday]").value = day.dataset.weekday;
    part("hours-rows", day).append(row);
    return row;
  }

  function setDay(day, spans) {
    for (const row of rowsOf(day)) drop(row);
    for (const span of spans) addRow(day, span);
    refresh(day);
  }

  function copyMonday() {
    const spans = filledOf(days[0]);
    for (const day of days.filter((other) => WEEKDAYS.includes(other.dataset.weekday))) setDay(day, spans);
  }

  function fill({ weekdays, spans }) {
    for (const day of days) setDay(day, weekdays.includes(Number(day.dataset.weekday)) ? spans : []);
  }
}

/** Offers the zone that this computer is set to, where another one is chosen. */
function offerOwnZone(select, button) {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (![...select.options].some((option) => option.value === own)) return;
  const refresh = () => show(button, select.value !== own);
  setText(button, button.dataset.words.replace("{zone}", own.replaceAll("_", " ")));
  button.addEventListener("click", () => {
    select.value = own;
    refresh();
    select.focus();
  });
  select.addEventListener("change", refresh);
  refresh();
}

function rowsOf(day) {
  return [...day.querySelectorAll("[data-part=hours-row]")];
}

function timesOf(row) {
  return { starts: row.querySelector("[name$=starts]"), ends: row.querySelector("[name$=ends]") };
}

function isEmpty(row) {
  const { starts, ends } = timesOf(row);
  return !starts.value && !ends.value;
}

function filledOf(day) {
  return rowsOf(day)
    .filter((row) => !isEmpty(row))
    .map(spanOf);
}

function spanOf(row) {
  const { starts, ends } = timesOf(row);
  return [starts.value, ends.value];
}

/** Nine to five on a free day; after a break otherwise. */
function suggestFor(day) {
  return filledOf(day).length ? ["", ""] : ["09:00", "17:00"];
}
