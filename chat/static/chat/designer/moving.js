/* Moving by keyboard: the places are gone through one by one, each said aloud. */

import { fill, short } from "./dom.js";
import { movesOf } from "./operations.js";

export function createMoving({ desk, acts, canvas, viewport }) {
  let moving = null;

  function begin(whole) {
    if (!desk.card || !desk.may.edit) return;
    const { id } = desk.node;
    const ways = movesOf(desk.stream, desk.types, id, whole);
    if (!ways.length) return desk.say(desk.words.cantMove);
    moving = { id, whole, ways, at: -1 };
    canvas.markSlots(ways);
    canvas.items.get(`card:${id}`)?.classList.add("is-moving");
    return desk.say(fill(desk.words.moving, { card: short(desk.name(id)) }));
  }

  function step(by) {
    const { ways } = moving;
    moving.at = moving.at < 0 && by < 0 ? ways.length - 1 : (moving.at + by + ways.length) % ways.length;
    const way = ways[moving.at];
    canvas.markSlots(ways, way);
    const slot = canvas.slots.get(`${way.card ?? ""}|${way.field}`);
    viewport.reveal({ left: canvas.physical(slot.x) - 60, y: slot.y - 60, w: 120, h: 120 });
    desk.say(fill(desk.words.movePlace, { at: moving.at + 1, count: ways.length, place: canvas.placeName(way) }));
  }

  function end() {
    canvas.items.get(`card:${moving.id}`)?.classList.remove("is-moving");
    moving = null;
    canvas.markSlots([]);
  }

  /** Whether the key was meant for moving. */
  function takes(event) {
    if (!moving) return false;
    const by = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (by) step(by);
    else if (event.key === "Enter" && moving.at >= 0) {
      const { id, whole, ways, at } = moving;
      end();
      acts.move(id, ways[at], whole);
    } else if (event.key === "Escape" || event.key === "Tab") {
      end();
      desk.say(desk.words.moveLeft);
      return event.key === "Escape";
    } else return event.key.length > 1;
    return true;
  }

  return { begin, takes, stop: () => moving && end() };
}
