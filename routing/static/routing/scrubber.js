/* A slider over a time line: marks the row that it stands on, and brings it into view. */

function scrub(slider, rows) {
  const row = rows[Number(slider.value)];
  for (const other of rows) other.removeAttribute("aria-current");
  row.setAttribute("aria-current", "step");
  row.scrollIntoView({ block: "nearest" });
  slider.setAttribute("aria-valuetext", [...row.cells].slice(1, 4).map((cell) => cell.textContent.trim()).join(", "));
}

if (typeof document !== "undefined") {
  for (const root of document.querySelectorAll("[data-scrubber]")) {
    const slider = root.querySelector("input");
    const rows = [...document.querySelectorAll(".moments tbody tr")];
    root.hidden = false;
    slider.addEventListener("input", () => scrub(slider, rows));
  }
}
