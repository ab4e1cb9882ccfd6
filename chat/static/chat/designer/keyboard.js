/* The keyboard: along the tree with arrows, everything else with the keys that the sheet lists. */

import { isWriting } from "./dom.js";

export function createKeyboard({ desk, acts, tree, moving, viewport, does }) {
  const isRtl = document.documentElement.dir === "rtl";

  function neighbour(key) {
    const node = desk.node ?? desk.nodes.get("start");
    const side = { ArrowLeft: isRtl ? 1 : -1, ArrowRight: isRtl ? -1 : 1 }[key];
    if (key === "ArrowDown") return node.children[0];
    if (key === "ArrowUp") return node.parent;
    if (key === "Home") return desk.roots[0];
    if (key === "End") return [...desk.nodes.values()].at(-1);
    return side ? beside(node, side) : null;
  }

  // The next one to the side on the same level, in whatever branch.
  function beside(node, side) {
    const x = (each) => desk.layout.places.get(each.key).x;
    const level = [...desk.nodes.values()].filter((each) => each.depth === node.depth && (x(each) - x(node)) * side > 0);
    return level.sort((one, other) => (x(one) - x(other)) * side)[0];
  }

  const withControl = {
    c: (event) => acts.copy(event.shiftKey),
    x: () => acts.cut(),
    v: () => acts.paste(),
    d: () => acts.duplicate(),
  };
  const plain = {
    Delete: () => void acts.remove(),
    Backspace: () => void acts.remove(),
    a: () => does.add(),
    Insert: () => does.add(),
    m: () => moving.begin(true),
    M: () => moving.begin(false),
    Enter: () => does.open(),
    F2: () => does.open(),
    "+": () => viewport.zoomIn(),
    "=": () => viewport.zoomIn(),
    "-": () => viewport.zoomOut(),
    0: () => viewport.reset(),
    f: () => viewport.fit(),
    p: () => does.preview(),
    e: () => does.problems(),
    "/": () => does.search(),
    "?": () => does.shortcuts(),
    Escape: () => desk.select(""),
  };

  tree.addEventListener("keydown", (event) => {
    if (moving.takes(event)) return event.preventDefault();
    if (event.altKey) return undefined;
    const isControl = event.ctrlKey || event.metaKey;
    const act = isControl ? withControl[event.key.toLowerCase()] : plain[event.key] ?? plain[event.key.toLowerCase()];
    const next = isControl ? null : neighbour(event.key);
    if (next) desk.select(next.key, { focus: true });
    else if (act && !(isControl && hasSelection())) act(event);
    else if (!event.key.startsWith("Arrow")) return undefined;
    return event.preventDefault();
  });

  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    const key = event.key.toLowerCase();
    const act = { z: () => (event.shiftKey ? desk.redo() : desk.undo()), y: () => desk.redo(), s: () => void desk.draft.flush(), f: () => does.search() }[key];
    // In a field the browser's own undo takes letters back.
    if (!act || document.querySelector("dialog[open]") || (isWriting() && "zy".includes(key))) return;
    event.preventDefault();
    act();
  });
}

function hasSelection() {
  return String(getSelection()).length > 0;
}
