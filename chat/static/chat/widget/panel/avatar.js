// Faces. A picture is fetched and drawn on a canvas: the host page's img-src needs no entry for us then.
import { el, icon } from "./dom.js";

const SIZE_PX = 96;

export function createAvatars(origin) {
  const pictures = new Map();

  function agent({ name, avatar }) {
    const face = el("span", { class: "avatar agent", "aria-hidden": "true" }, initials(name));
    if (avatar) void show(face, avatar);
    return face;
  }

  async function show(face, avatar) {
    const url = new URL(avatar, origin).href;
    if (!pictures.has(url)) pictures.set(url, load(url));
    const picture = await pictures.get(url);
    if (!picture) return;
    const canvas = el("canvas", { width: SIZE_PX, height: SIZE_PX });
    canvas.getContext("2d").drawImage(picture, 0, 0, SIZE_PX, SIZE_PX);
    face.replaceChildren(canvas);
  }

  return { agent, bot: () => el("span", { class: "avatar bot", "aria-hidden": "true" }, icon("bot")) };
}

async function load(url) {
  try {
    const response = await fetch(url, { credentials: "omit", referrerPolicy: "no-referrer" });
    return response.ok ? await createImageBitmap(await response.blob()) : null;
  } catch {
    return null;
  }
}

function initials(name) {
  const words = name.trim().split(/\s+/);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : words;
  return letters.map((word) => [...word][0] ?? "").join("").toUpperCase();
}
