import { part, show } from "./dom.js";

const WEEKDAYS = ["1", "2", "3", "4"];

/** The week's hours: rows are added, removed and copied here; without scripts each free day has one empty row. */
const form = part("hours");
if (form) keepHours(form);

function keepHours(hours) {
  const template = document.getElementById("hours-row");
  const total = hours.elements["hours-TOTAL_FORMS"];
  const days = [...hours.querySelectorAll("[data-part=hours-day]")];
  for (const day of days) prepare(day);
  const copy = part("hours-copy", hours);
  show(copy, true);
  copy.addEventListener("click", copyMonday);

  function prepare(day) {
    const add = part("hours-add", day);
    show(add, true);
    add.addEventListener("click", () => addRow(day, suggestFor(day)).starts.focus());
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
  }

  // A row that the server numbered stays in the form, empty: that means no hours.
  function drop(row) {
    const { starts, ends } = timesOf(row);
    starts.value = ends.value = "";
    row.hidden = true;
  }

  function addRow(day, [from, to]) {
    const row = template.content.firstElementChild.cloneNode(true);
    for (const field of row.querySelectorAll("[name], [id]")) {
      if (field.name) field.name = field.name.replace("__prefix__", total.value);
      if (field.id) field.id = field.id.replace("__prefix__", total.value);
    }
    total.value = Number(total.value) + 1;
    row.querySelector("[name$=weekday]").value = day.dataset.weekday;
    part("hours-rows", day).append(row);
    const times = timesOf(row);
    times.starts.value = from;
    times.ends.value = to;
    refresh(day);
    return times;
  }

  function copyMonday() {
    const monday = days.find((day) => day.dataset.weekday === "0");
    const spans = filledOf(monday);
    for (const day of days.filter((other) => WEEKDAYS.includes(other.dataset.weekday))) {
      for (const row of rowsOf(day)) drop(row);
      for (const span of spans) addRow(day, span);
      refresh(day);
    }
  }
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
    .map((row) => [timesOf(row).starts.value, timesOf(row).ends.value]);
}

/** Nine to five on a free day; after a break otherwise. */
function suggestFor(day) {
  return filledOf(day).length ? ["", ""] : ["09:00", "17:00"];
}
