/** The menus of the top bar: Esc closes one and gives the focus back; a click or a step elsewhere closes it too. */
const listOpen = () => [...document.querySelectorAll("details.menu[open]")];

function closeOthers(event) {
  for (const menu of listOpen()) if (!menu.contains(event.target)) menu.open = false;
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of listOpen()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
document.addEventListener("click", closeOthers);
document.addEventListener("focusin", closeOthers);
