// Faces. A picture is fetched and drawn on a canvas: the host page's img-src needs no entry for us then.
import { el, icon } from "./dom.js";

const SIZE_PX = 96;

/** `bot` is the address of the chatbot's own picture, empty for none. */
export function createAvatars(origin, ask, bot = "") {
  const pictures = new Map();

  function face(kind, inner, avatar) {
    const node = el("span", { class: `avatar ${kind}`, "aria-hidden": "true" }, inner);
    if (avatar) void show(node, avatar);
    return node;
  }

  async function show(node, avatar) {
    const url = new URL(avatar, origin).href;
    if (!pictures.has(url)) pictures.set(url, load(url, ask));
    const picture = await pictures.get(url);
    if (!picture) return;
    const canvas = el("canvas", { width: SIZE_PX, height: SIZE_PX });
    canvas.getContext("2d").drawImage(picture, 0, 0, SIZE_PX, SIZE_PX);
    node.replaceChildren(canvas);
  }

  return { agent: ({ name, avatar }) => face("agent", initials(name), avatar), bot: () => face("bot", icon("bot"), bot) };
}

async function load(url, ask) {
  try {
    const response = await ask(url);
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
