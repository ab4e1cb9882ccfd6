/* Dragging: cards from the palette, and cards with their branches over the canvas. */

import { icon, make } from "./dom.js";
import { fits, movesOf } from "./operations.js";
import { allWays } from "./tree.js";

const BEGINS_AFTER = 6;
const HOLD_MS = 350;
const REACH = 130;
const EDGE = 48;

export function createDragging({ desk, acts, canvas, viewport, frame, palette, focusCard }) {
  let drag = null;

  function ready(event, source) {
    if (event.button !== 0 || !desk.may.edit || drag) return;
    drag = { ...source, pointer: event.pointerId, x: event.clientX, y: event.clientY, isTouch: event.pointerType === "touch", isHeld: false };
    // A finger that moves at once pans; one that rests first has taken the card.
    if (drag.isTouch) drag.hold = setTimeout(() => { if (drag) drag.isHeld = true; }, HOLD_MS);
  }

  function begin() {
    const { stream, types } = desk;
    drag.isOn = true;
    drag.allowed = drag.form
      ? allWays(stream, types).filter((way) => fits(stream, types, way, { type: drag.form.type, ...drag.form.example }))
      : movesOf(stream, types, drag.id, drag.whole);
    drag.ghost = makeGhost(drag);
    document.body.append(drag.ghost);
    document.body.classList.add("is-dragging");
    canvas.markSlots(drag.allowed);
  }

  function makeGhost({ form, id }) {
    const type = form?.type ?? desk.stream.cards[id].type;
    const words = form?.label ?? desk.name(id);
    return make("div", { class: "ghost", "aria-hidden": "true" }, make("span", { class: "card-icon", "data-type": type }, icon(type)), make("span", { dir: "auto" }, words));
  }

  function moved(event) {
    if (!drag || event.pointerId !== drag.pointer) return;
    if (!drag.isOn) {
      if (Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < BEGINS_AFTER) return;
      if (drag.isTouch && !drag.isHeld && drag.id) return stop();
      begin();
    }
    event.preventDefault();
    drag.ghost.style.setProperty("transform", `translate(${event.clientX + 12}px, ${event.clientY + 10}px)`);
    follow(event);
    const target = nearest(event.clientX, event.clientY);
    if (target !== drag.target) canvas.markSlots(drag.allowed, target);
    drag.target = target;
    return undefined;
  }

  // At the edge of the canvas the canvas comes along.
  function follow({ clientX, clientY }) {
    const box = frame.getBoundingClientRect();
    if (clientX < box.left || clientX > box.right || clientY < box.top || clientY > box.bottom) return;
    const push = (at, from, to) => (at - from < EDGE ? 10 : to - at < EDGE ? -10 : 0);
    viewport.pan(push(clientX, box.left, box.right), push(clientY, box.top, box.bottom));
  }

  function nearest(clientX, clientY) {
    const box = frame.getBoundingClientRect();
    if (clientX < box.left || clientX > box.right || clientY < box.top || clientY > box.bottom) return null;
    const at = viewport.toWorld(clientX, clientY);
    const far = (slot) => Math.hypot(canvas.physical(slot.x) - at.x, slot.y - at.y);
    const open = new Set(drag.allowed.map((way) => `${way.card ?? ""}|${way.field}`));
    const slots = [...canvas.slots.entries()].filter(([key]) => open.has(key)).map(([, slot]) => slot);
    const best = slots.sort((one, other) => far(one) - far(other))[0];
    return best && far(best) < REACH / Math.min(1, viewport.scale) ? best.way : null;
  }

  function dropped(event) {
    if (!drag || event.pointerId !== drag.pointer) return;
    const { isOn, target, form, id, whole } = drag;
    stop();
    if (!isOn) return;
    // The click that ends a drag is none.
    const swallow = (click) => click.stopPropagation();
    addEventListener("click", swallow, true);
    setTimeout(() => removeEventListener("click", swallow, true));
    if (!target) return;
    if (form && acts.add(form.type, target)) focusCard();
    else if (id) acts.move(id, target, whole);
  }

  function stop() {
    clearTimeout(drag?.hold);
    drag?.ghost?.remove();
    drag = null;
    document.body.classList.remove("is-dragging");
    canvas.markSlots([]);
  }

  palette.addEventListener("pointerdown", (event) => {
    const item = event.target.closest("[data-palette]:not(:disabled)");
    if (item) ready(event, { form: desk.types.get(item.dataset.palette) });
  });
  frame.addEventListener("pointerdown", (event) => {
    const node = desk.nodes.get(event.target.closest("[data-key]")?.dataset.key);
    // With Alt the card alone, else with all that hangs behind it.
    if (node?.kind === "card") ready(event, { id: node.id, whole: !event.altKey });
  });
  document.addEventListener("pointermove", moved, { passive: false });
  document.addEventListener("pointerup", dropped);
  document.addEventListener("pointercancel", () => drag && stop());
  document.addEventListener("keydown", (event) => {
    if (drag?.isOn && event.key === "Escape") stop();
  });
  document.addEventListener("touchmove", (event) => drag?.isHeld && event.preventDefault(), { passive: false });
}
