/* Where everything stands: a tidy tree, always. Pure; units are those of the sizes given. */

export const SIZES = {
  card: { w: 264, h: 94 },
  start: { w: 200, h: 44 },
  end: { w: 204, h: 44 },
  handover: { w: 184, h: 36 },
  jump: { w: 200, h: 44 },
};
export const GAPS = { x: 28, way: 56, named: 96, ends: 36, root: 72, margin: 48 };
// Contours are kept in rows of so many units.
const ROW = 8;

/** Boxes by the nodes' keys, edges between them, and the size of it all. Nothing overlaps; parents stand over their children. */
export function layOut(roots, sizes = SIZES, gaps = GAPS) {
  const places = new Map();
  let right = gaps.margin;
  for (const root of roots) {
    setHeights(root, gaps.margin, places, sizes, gaps);
    const contour = setAcross(root, places, gaps);
    const shift = right - Math.min(...contour.left);
    finish(root, places, shift);
    right = Math.max(...contour.right) + shift + gaps.root;
  }
  const boxes = [...places.values()];
  const width = Math.max(0, ...boxes.map((box) => box.x + box.w)) + gaps.margin;
  const height = Math.max(0, ...boxes.map((box) => box.y + box.h)) + gaps.margin;
  return { places, edges: edgesOf(roots, places), width, height };
}

function setHeights(root, top, places, sizes, gaps) {
  const waiting = [[root, top]];
  while (waiting.length) {
    const [node, y] = waiting.pop();
    const { w, h } = sizes[node.kind];
    places.set(node.key, { x: 0, y, w, h });
    const isNamed = node.children.some((child) => child.way.label);
    for (const child of node.children) {
      const gap = child.kind === "handover" ? gaps.ends : isNamed ? gaps.named : gaps.way;
      waiting.push([child, y + h + gap]);
    }
  }
}

// From the leaves up: each box gets its place relative to its parent's middle; what is known of a branch is its outline.
function setAcross(root, places, gaps) {
  const contours = new Map();
  for (const node of fromBelow(root)) {
    const box = places.get(node.key);
    const own = outlineOf(box);
    const below = node.children.map((child) => contours.get(child.key));
    const { offsets, merged } = sideBySide(below, gaps.x);
    const middle = offsets.length ? (offsets[0] + offsets.at(-1)) / 2 : 0;
    node.children.forEach((child, index) => { places.get(child.key).offset = offsets[index] - middle; });
    contours.set(node.key, merged ? joined(own, shifted(merged, -middle)) : own);
    for (const child of node.children) contours.delete(child.key);
  }
  return contours.get(root.key);
}

function fromBelow(root) {
  const order = [];
  const waiting = [root];
  while (waiting.length) {
    const node = waiting.pop();
    order.push(node);
    waiting.push(...node.children);
  }
  return order.reverse();
}

function outlineOf({ y, w, h }) {
  const from = Math.floor(y / ROW);
  const rows = Math.ceil((y + h) / ROW) - from;
  return { from, left: Array(rows).fill(-w / 2), right: Array(rows).fill(w / 2) };
}

function sideBySide(contours, gap) {
  const offsets = [];
  let merged = null;
  for (const contour of contours) {
    const offset = merged ? distance(merged, contour) + gap : 0;
    offsets.push(offset);
    const moved = shifted(contour, offset);
    merged = merged ? joined(merged, moved) : moved;
  }
  return { offsets, merged };
}

// How far the second has to be moved to stand beside the first.
function distance(one, other) {
  let most = -Infinity;
  const from = Math.max(one.from, other.from);
  const to = Math.min(one.from + one.left.length, other.from + other.left.length);
  for (let row = from; row < to; row += 1) {
    most = Math.max(most, one.right[row - one.from] - other.left[row - other.from]);
  }
  return most === -Infinity ? 0 : most;
}

function shifted({ from, left, right }, by) {
  return { from, left: left.map((x) => x + by), right: right.map((x) => x + by) };
}

function joined(one, other) {
  const from = Math.min(one.from, other.from);
  const to = Math.max(one.from + one.left.length, other.from + other.left.length);
  const left = [];
  const right = [];
  for (let row = from; row < to; row += 1) {
    const [a, b] = [row - one.from, row - other.from];
    left.push(Math.min(one.left[a] ?? Infinity, other.left[b] ?? Infinity));
    right.push(Math.max(one.right[a] ?? -Infinity, other.right[b] ?? -Infinity));
  }
  return fill({ from, left, right });
}

// Between a card and what is below it nothing may slip in: the way between them is drawn there.
function fill(contour) {
  for (let row = 1; row < contour.left.length; row += 1) {
    if (contour.left[row] !== Infinity) continue;
    contour.left[row] = contour.left[row - 1];
    contour.right[row] = contour.right[row - 1];
  }
  return contour;
}

function finish(root, places, middle) {
  const waiting = [[root, middle]];
  while (waiting.length) {
    const [node, at] = waiting.pop();
    const box = places.get(node.key);
    box.x = Math.round(at - box.w / 2);
    delete box.offset;
    for (const child of node.children) waiting.push([child, at + places.get(child.key).offset]);
  }
}

function edgesOf(roots, places) {
  const edges = [];
  const waiting = [...roots];
  while (waiting.length) {
    const node = waiting.pop();
    const from = places.get(node.key);
    for (const child of node.children) {
      const to = places.get(child.key);
      edges.push({ key: child.key, node: child, x1: from.x + from.w / 2, y1: from.y + from.h, x2: to.x + to.w / 2, y2: to.y });
      waiting.push(child);
    }
  }
  return edges;
}

/** The line of an edge: down, across with round corners, down. */
export function lineOf({ x1, y1, x2, y2 }, bend = 22, radius = 12) {
  if (Math.abs(x1 - x2) < 1) return `M${x1} ${y1}V${y2}`;
  const side = Math.sign(x2 - x1);
  const r = Math.min(radius, Math.abs(x2 - x1) / 2, bend / 2);
  const y = y1 + bend;
  return `M${x1} ${y1}V${y - r}Q${x1} ${y} ${x1 + side * r} ${y}H${x2 - side * r}Q${x2} ${y} ${x2} ${y + r}V${y2}`;
}
