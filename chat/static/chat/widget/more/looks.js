// Where the panel is: beside its button, in the middle of the page, or inside an element of it (DG-20).
import { el } from "../panel/dom.js";

export function createLooks({ panel, launcher, onLook, root = document }) {
  let look = "chatbot";
  let away = () => {};

  /** Moves the panel; an element that isn't there leaves it beside its button. */
  function set(wished, selector = "") {
    const place = wished === "inline" ? find(selector) : null;
    const now = wished === "inline" && !place ? "chatbot" : wished;
    if (now === look && now !== "inline") return;
    away();
    away = now === "inline" ? putInside(place) : now === "popup" ? putInFront() : () => {};
    look = now;
    panel.node.dataset.look = now;
    panel.header.close.hidden = now === "inline";
    panel.node.setAttribute("role", now === "inline" ? "region" : "dialog");
    onLook(now);
  }

  function find(selector) {
    try {
      return typeof selector === "string" ? root.querySelector(selector) : selector;
    } catch {
      return null;
    }
  }

  // A shadow root of its own, with the same style sheets.
  function putInside(place) {
    const host = el("switchboard-chat", {});
    const shadow = host.attachShadow({ mode: "open" });
    shadow.adoptedStyleSheets = launcher.root.adoptedStyleSheets;
    const frame = el("div", { dir: launcher.frame.dir, lang: launcher.frame.lang, class: "inside" }, panel.node);
    shadow.append(frame);
    place.append(host);
    return () => {
      launcher.frame.append(panel.node);
      host.remove();
    };
  }

  function putInFront() {
    const shade = el("div", { class: "shade", "data-part": "shade" });
    panel.node.before(shade);
    shade.addEventListener("click", () => panel.header.close.click());
    return () => shade.remove();
  }

  return { set, stop: () => away() };
}
