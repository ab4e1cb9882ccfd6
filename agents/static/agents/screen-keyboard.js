/** Less than this is no keyboard but a bar of the browser, pixels. */
const SMALLEST = 150;

/**
 * How high a page is beside the keyboard on the screen, or null where there is none or the page makes room by itself.
 * `seen` is the visual viewport, `whole` the height that the page is laid out for. Pure.
 */
export function heightBeside(seen, whole) {
  const isZoomed = seen.scale > 1.01;
  return isZoomed || whole - seen.height < SMALLEST ? null : Math.floor(seen.height);
}

/** iOS lays its keyboard over a page without telling it; whoever writes is to see the box and the last lines. */
export function keepClearOfKeyboard(root = document.documentElement, seen = window.visualViewport) {
  if (!seen) return;
  const fit = () => {
    const height = heightBeside(seen, root.clientHeight);
    if (height === null) return root.style.removeProperty("--seen-height");
    root.style.setProperty("--seen-height", `${height}px`);
    // It has scrolled the page up to show the box, which is in sight now.
    return root.scrollTo?.(0, 0);
  };
  seen.addEventListener("resize", fit);
}
