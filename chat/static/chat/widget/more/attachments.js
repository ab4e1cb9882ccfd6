// Files of the chat: fetched with the visitor's token in a header, never in an address (LC-35). Pictures are drawn on a
// canvas, so that the host page's policy needs no line for them.
import { el } from "../panel/dom.js";
import { save } from "./saving.js";

const WIDTH_PX = 480;

export function createAttachments({ origin, memory, ask, strings }) {
  const fetched = new Map();

  async function load(path, headers = {}) {
    const response = await ask(new URL(path, origin).href, { headers });
    if (!response.ok) throw new Error(String(response.status));
    return response.blob();
  }

  function get(file) {
    if (!fetched.has(file.id)) {
      const coming = load(`/visitor/files/${file.id}`, { Authorization: `Bearer ${memory.get("token")}` });
      fetched.set(file.id, coming);
      coming.catch(() => fetched.delete(file.id));
    }
    return fetched.get(file.id);
  }

  async function show(file, box) {
    try {
      const canvas = await draw(await get(file), WIDTH_PX);
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", strings.image(file.name));
      canvas.classList.add("picture");
      box.prepend(canvas);
    } catch {
      // Its name and size are there already; a click tries again.
    }
  }

  return { load, show, save: async (file) => save(await get(file), file.name) };
}

/** A picture on a canvas, no wider than `most` pixels. */
export async function draw(blob, most) {
  const picture = await createImageBitmap(blob);
  const width = Math.min(most, picture.width);
  const height = Math.round((picture.height * width) / picture.width);
  const canvas = el("canvas", { width, height });
  canvas.getContext("2d").drawImage(picture, 0, 0, width, height);
  picture.close();
  return canvas;
}
