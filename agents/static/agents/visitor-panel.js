import { make, part, setText, show } from "./dom.js";
import { safeHref } from "./linkify.js";

const FACTS = ["name", "job_title", "email", "phone", "company"];

/** The right pane: who the visitor is, with a dash where unknown, and what was captured (LC-39). */
export function keepVisitorPanel({ store }) {
  const panel = part("visitor-panel");

  function fill(name, value, link = "") {
    const node = panel.querySelector(`[data-fact="${name}"]`);
    const text = value || "–";
    if (node.dataset.value === text) return;
    node.dataset.value = text;
    const content = value && link ? make("a", linkTo(link), value) : text;
    node.replaceChildren(content);
    node.classList.toggle("is-unknown", !value);
  }

  function fillCaptured(attributes) {
    const rows = Object.entries(attributes).flatMap(([name, value]) => [
      make("dt", {}, sayName(name)),
      make("dd", { dir: "auto" }, value || "–"),
    ]);
    part("captured", panel).replaceChildren(...rows);
    show(part("captured-section", panel), rows.length > 0);
  }

  store.subscribe((state, before) => {
    const chat = state.chats[state.open];
    show(panel, Boolean(chat));
    if (!chat || (chat === before.chats[before.open] && state !== before)) return;
    const { visitor } = chat;
    for (const name of FACTS) fill(name, visitor[name], LINKS[name]?.(visitor[name]));
    fill("page", visitor.page_title || visitor.page_url, safeHref(visitor.page_url ?? ""));
    fill("dialogue", chat.dialogue);
    fillCaptured(visitor.attributes ?? {});
    setText(part("panel-initial", panel), [...visitor.name][0]?.toUpperCase() ?? "?");
  });
}

const LINKS = {
  email: (address) => (address && /^[^\s@?&]+@[^\s@?&]+$/.test(address) ? `mailto:${address}` : ""),
  phone: (number) => (number && /^\+?[\d\s().-]{5,}$/.test(number) ? `tel:${number.replace(/[^\d+]/g, "")}` : ""),
};

function linkTo(href) {
  return href.startsWith("http") ? { href, target: "_blank", rel: "noopener noreferrer nofollow" } : { href };
}

/** team_size -> Team size */
export function sayName(name) {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
