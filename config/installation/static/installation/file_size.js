/* A file that is larger than the server takes is refused when it is chosen, not after a minute of sending it. */

/** Whether one of the files has more bytes than that. */
export function isTooLarge(files, most) {
  return [...files].some((file) => file.size > most);
}

/** Says at the field what is wrong with it, or takes that back; answers whether something is. */
function check(input) {
  const wrong = isTooLarge(input.files, Number(input.dataset.mostBytes));
  if (wrong) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
  const item = document.createElement("li");
  item.textContent = input.dataset.tooLarge;
  noteOf(input).replaceChildren(...(wrong ? [item] : []));
  return wrong;
}

function noteOf(input) {
  const place = input.closest(".flex-container") ?? input;
  if (place.nextElementSibling?.matches("[data-file-note]")) return place.nextElementSibling;
  const note = document.createElement("ul");
  note.className = "errorlist field-error";
  note.dataset.fileNote = "";
  // A list stays one, so it may not be called an alert.
  note.setAttribute("aria-live", "assertive");
  place.after(note);
  return note;
}

function watch(input) {
  noteOf(input);
  input.addEventListener("change", () => check(input));
  input.form?.addEventListener("submit", (event) => {
    if (event.defaultPrevented || !check(input)) return;
    event.preventDefault();
    input.focus();
  });
}

if (typeof document !== "undefined") {
  for (const input of document.querySelectorAll("input[type=file][data-most-bytes]")) watch(input);
}
