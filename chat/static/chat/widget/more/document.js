// The PDF viewer: the server draws each page, so it works in every browser and under the page's own policy, and says
// honestly which pages were on screen. Opened, pages and downloads are told to the server.
import { el, icon } from "../panel/dom.js";
import { draw } from "./attachments.js";
import { save } from "./saving.js";

const PAGE_PX = 1_000;
const SEEN_SHARE = 0.5;
// On screen for so long: scrolled past is not read.
const SEEN_MS = 700;

export function createViewer({ session, panel, strings, attachments }) {
  let close = () => {};

  function open(shown, opener) {
    close();
    const count = el("span", { class: "viewer-count", "aria-live": "off" });
    const pages = Array.from({ length: shown.pages }, (_, place) => drawPage(shown, place + 1));
    const list = el("div", { class: "viewer-pages", tabindex: "0", "data-part": "document-pages" }, ...pages);
    const shut = tool("document-close", strings.closeDocument, "close", () => close());
    const download = tool("document-download", strings.download, "save", () => void fetchWhole(shown));
    const head = el("div", { class: "viewer-head" }, el("b", { dir: "auto" }, shown.name), count, download, shut);
    const looks = { class: "viewer", role: "dialog", "aria-label": shown.name, "data-part": "document-viewer", keydown: leave };
    const node = el("div", looks, head, list);
    const watching = watchPages(list, pages, (page) => {
      count.textContent = strings.page(page, shown.pages);
      session.reading(shown.card, "page", page);
    });
    panel.node.append(node);
    shut.focus();
    session.reading(shown.card, "opened");
    close = () => {
      watching.disconnect();
      node.remove();
      close = () => {};
      // Its row may have been drawn anew meanwhile.
      const again = panel.node.querySelector(`[data-card="${CSS.escape(shown.card)}"]`);
      (opener.isConnected ? opener : again ?? panel.node).focus();
    };
  }

  function leave(event) {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    close();
  }

  function drawPage(shown, page) {
    const node = el("div", { class: "viewer-page", "data-page": page, role: "group", "aria-label": strings.page(page, shown.pages) });
    // For who can't see the picture.
    const words = el("p", { class: "unseen", dir: "auto" });
    node.load = async () => {
      try {
        node.replaceChildren(await draw(await attachments.load(`${shown.url}${page}.webp`), PAGE_PX), words);
        node.classList.add("drawn");
        words.textContent = await (await attachments.load(`${shown.url}${page}.txt`)).text();
      } catch {
        if (node.classList.contains("drawn")) return;
        const again = el("button", { type: "button", class: "link", click: () => node.load() }, strings.retry);
        node.replaceChildren(el("p", {}, strings.pageFailed), again);
      }
    };
    return node;
  }

  async function fetchWhole(shown) {
    try {
      save(await attachments.load(shown.url), `${shown.name.replace(/\.pdf$/i, "")}.pdf`);
      session.reading(shown.card, "downloaded");
    } catch {
      panel.alarm(strings.fileGone);
    }
  }

  return { open, close: () => close() };
}

// Pages are fetched when they come near, and told when they have been in sight for a moment.
function watchPages(root, pages, onSeen) {
  const timers = new Map();
  const near = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      void target.load();
    }
  }, { root, rootMargin: "100% 0px" });
  const inSight = new IntersectionObserver((entries) => {
    for (const { target, intersectionRatio, rootBounds, intersectionRect } of entries) {
      clearTimeout(timers.get(target));
      // Of a page taller than the window no half is ever in sight: half the window will do.
      const fills = rootBounds && intersectionRect.height > rootBounds.height * SEEN_SHARE;
      if (intersectionRatio >= SEEN_SHARE || fills) timers.set(target, setTimeout(() => onSeen(Number(target.dataset.page)), SEEN_MS));
    }
  }, { root, threshold: [0, 0.25, SEEN_SHARE, 0.75] });
  for (const page of pages) {
    near.observe(page);
    inSight.observe(page);
  }
  return {
    disconnect() {
      near.disconnect();
      inSight.disconnect();
      timers.forEach((timer) => clearTimeout(timer));
    },
  };
}

function tool(part, words, drawn, click) {
  return el("button", { type: "button", class: "tool", "data-part": part, "aria-label": words, click }, icon(drawn));
}
