/* The frames beside the form: each is a page with the real widget, for a light and for a dark device. */

// Wide enough for the panel beside the page, and a phone's.
const SCREENS = { computer: [520, 800], phone: [390, 800] };

export function createPreview(aside, look) {
  const frames = [...aside.querySelectorAll("iframe")];
  const chosen = (name) => aside.querySelector(`[name="preview-${name}"]:checked`).value;
  let latest = look;

  function tell(frame) {
    const message = { look: latest, scene: chosen("scene"), scheme: frame.dataset.scheme };
    frame.contentWindow.postMessage(message, location.origin);
  }

  function show(changed) {
    latest = changed;
    frames.forEach(tell);
  }

  function resize() {
    const [width, height] = SCREENS[chosen("screen")];
    for (const frame of frames) {
      const box = frame.parentElement;
      const scale = Math.min(1, box.clientWidth / width);
      frame.width = width;
      frame.height = height;
      frame.style.transform = `scale(${scale})`;
      box.style.blockSize = `${height * scale}px`;
    }
  }

  // A frame says when it can be told something.
  addEventListener("message", (event) => {
    const frame = frames.find((one) => one.contentWindow === event.source);
    if (frame && event.origin === location.origin && event.data === "ready") tell(frame);
  });
  aside.addEventListener("change", (event) => {
    // Switches of the preview, not of the form.
    event.stopPropagation();
    if (event.target.name === "preview-screen") resize();
    else show(latest);
  });
  aside.addEventListener("input", (event) => event.stopPropagation());
  aside.hidden = false;
  const room = new ResizeObserver(resize);
  frames.forEach((frame) => {
    room.observe(frame.parentElement);
    frame.src = aside.dataset.url;
  });
  return { show };
}
