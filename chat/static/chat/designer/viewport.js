/* The window onto the canvas: zoom and pan by wheel, pinch, drag and buttons. */

const MIN = 0.2;
const MAX = 1.75;
const STEP = 1.2;

export class Viewport {
  constructor(frame, world, onZoom) {
    Object.assign(this, { frame, world, onZoom, x: 0, y: 0, scale: 1, size: { width: 0, height: 0 } });
    this.pointers = new Map();
    frame.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    frame.addEventListener("pointerdown", (event) => this.#down(event));
    frame.addEventListener("pointermove", (event) => this.#move(event));
    for (const type of ["pointerup", "pointercancel"]) frame.addEventListener(type, (event) => this.#up(event));
    // In right-to-left pages what is beside the canvas stands at its left: the canvas stays where it is on screen.
    let width = frame.clientWidth;
    new ResizeObserver(() => {
      if (document.documentElement.dir === "rtl" && width) this.pan(frame.clientWidth - width, 0);
      width = frame.clientWidth;
    }).observe(frame);
    // What has the focus is brought into view by us, not by the browser's scrolling.
    frame.addEventListener("scroll", () => frame.scrollTo(0, 0));
  }

  setSize(width, height) {
    this.size = { width, height };
    this.world.style.setProperty("width", `${width}px`);
    this.world.style.setProperty("height", `${height}px`);
  }

  zoom(factor, at = this.#middle()) {
    this.#scaleTo(this.scale * factor, at);
  }

  zoomIn() { this.zoom(STEP); }

  zoomOut() { this.zoom(1 / STEP); }

  reset() { this.#scaleTo(1, this.#middle()); }

  /** All of it in view, in the middle, never larger than life. */
  fit() {
    const { clientWidth: width, clientHeight: height } = this.frame;
    const scale = Math.min(1, Math.max(MIN, Math.min(width / this.size.width, height / this.size.height)));
    this.#go((width - this.size.width * scale) / 2, Math.max(0, (height - this.size.height * scale) / 2), scale);
  }

  /** As large as can be read, the first card in the middle of the top. */
  begin(box) {
    const scale = Math.min(1, Math.max(0.7, this.frame.clientWidth / this.size.width));
    this.#go(this.frame.clientWidth / 2 - (box.left + box.w / 2) * scale, 12, scale);
  }

  /** Moves as little as needed for this box to be seen; `left` is physical. */
  reveal({ left, y, w, h }, margin = 40) {
    const { clientWidth: width, clientHeight: height } = this.frame;
    const [start, top] = [this.x + left * this.scale, this.y + y * this.scale];
    const [end, bottom] = [start + w * this.scale, top + h * this.scale];
    const shift = (from, to, room) => (from < margin || to - from > room - 2 * margin ? margin - from : to > room - margin ? room - margin - to : 0);
    const [dx, dy] = [shift(start, end, width), shift(top, bottom, height)];
    if (dx || dy) this.#go(this.x + dx, this.y + dy, this.scale, true);
  }

  pan(dx, dy) {
    this.#go(this.x + dx, this.y + dy, this.scale);
  }

  /** A point of the page as one of the canvas. */
  toWorld(clientX, clientY) {
    const box = this.frame.getBoundingClientRect();
    return { x: (clientX - box.left - this.x) / this.scale, y: (clientY - box.top - this.y) / this.scale };
  }

  #middle() {
    return { x: this.frame.clientWidth / 2, y: this.frame.clientHeight / 2 };
  }

  #scaleTo(wanted, at) {
    const scale = Math.min(MAX, Math.max(MIN, wanted));
    const ratio = scale / this.scale;
    this.#go(at.x - (at.x - this.x) * ratio, at.y - (at.y - this.y) * ratio, scale);
  }

  #go(x, y, scale, smooth = false) {
    Object.assign(this, { x, y, scale });
    this.world.classList.toggle("is-gliding", smooth);
    this.world.style.setProperty("transform", `translate(${Math.round(x)}px, ${Math.round(y)}px) scale(${scale})`);
    this.frame.style.setProperty("background-position", `${Math.round(x)}px ${Math.round(y)}px`);
    this.onZoom(scale);
  }

  #wheel(event) {
    event.preventDefault();
    const box = this.frame.getBoundingClientRect();
    if (event.ctrlKey || event.metaKey) {
      this.zoom(Math.exp(-event.deltaY / 300), { x: event.clientX - box.left, y: event.clientY - box.top });
    } else {
      const unit = event.deltaMode === 1 ? 18 : 1;
      this.pan(-(event.shiftKey ? event.deltaY : event.deltaX) * unit, event.shiftKey ? 0 : -event.deltaY * unit);
    }
  }

  #down(event) {
    // A mouse takes cards along; a finger that moves at once moves the canvas, wherever it began.
    const taken = event.pointerType === "touch" ? "button" : "button, [data-drags]";
    if (event.button > 1 || (event.button === 0 && event.target.closest(taken))) return;
    this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  }

  #move(event) {
    const before = this.pointers.get(event.pointerId);
    if (!before || document.body.classList.contains("is-dragging")) return;
    const now = { x: event.clientX, y: event.clientY };
    // Kept only once it moves: a click is a click.
    if (!this.frame.hasPointerCapture(event.pointerId)) {
      if (Math.hypot(now.x - before.x, now.y - before.y) < 4) return;
      this.frame.setPointerCapture(event.pointerId);
      this.frame.classList.add("is-panning");
    }
    if (this.pointers.size === 2) this.#pinch(event.pointerId, before, now);
    else this.pan(now.x - before.x, now.y - before.y);
    this.pointers.set(event.pointerId, now);
  }

  #pinch(id, before, now) {
    const other = [...this.pointers].find(([key]) => key !== id)[1];
    const box = this.frame.getBoundingClientRect();
    const apart = (one) => Math.max(1, Math.hypot(one.x - other.x, one.y - other.y));
    this.zoom(apart(now) / apart(before), { x: (now.x + other.x) / 2 - box.left, y: (now.y + other.y) / 2 - box.top });
    this.pan((now.x - before.x) / 2, (now.y - before.y) / 2);
  }

  #up(event) {
    this.pointers.delete(event.pointerId);
    if (!this.pointers.size) this.frame.classList.remove("is-panning");
  }
}
