import { icon, make, makeLink, part, setText, show } from "./dom.js";
import { safeHref } from "./linkify.js";

const FACTS = ["name", "job_title", "email", "phone", "crm_status", "company"];

/** The right pane: who the visitor is, with a dash where unknown, and what was captured (LC-39). */
export function keepVisitorPanel({ store, say }) {
  const panel = part("visitor-panel");

  function fill(name, value, { link = "", isVerified = false } = {}) {
    const node = panel.querySelector(`[data-fact="${name}"]`);
    const text = value || "–";
    const held = `${text}|${isVerified}`;
    if (node.dataset.value === held) return;
    node.dataset.value = held;
    const content = value && link ? linkTo(link, value) : make("span", { class: "fact-value" }, text);
    node.replaceChildren(content, ...(isVerified ? [" ", verified()] : []), value ? copyButton(value) : "");
    node.classList.toggle("is-unknown", !value);
  }

  /** The page's own server has signed it; whatever else is here, somebody may have made up. */
  function verified() {
    return make("span", { class: "verified", title: say("verified_why") }, `✓ ${say("verified")}`);
  }

  /** A click on a fact copies it; so does the button, which the keyboard reaches. */
  function copyButton(value) {
    const name = say("copy_value", { value });
    const button = make("button", { type: "button", class: "copy", title: name, "aria-label": name }, icon("copy"));
    button.dataset.copy = value;
    return button;
  }

  async function copy(event) {
    const held = event.target.closest(".copy") ?? event.target.closest(".fact-value")?.parentElement.querySelector(".copy");
    // Whoever selects a part of it wants that part.
    if (!held || String(getSelection())) return;
    await navigator.clipboard.writeText(held.dataset.copy);
    store.dispatch({ type: "told", text: say("copied") });
  }

  panel.addEventListener("click", (event) => void copy(event));

  function nameOf(attribute) {
    const key = `fact_${attribute}`;
    const words = say(key);
    return words === key ? sayName(attribute) : words;
  }

  function fillCaptured(attributes) {
    const held = JSON.stringify(attributes);
    if (part("captured", panel).dataset.value === held) return;
    part("captured", panel).dataset.value = held;
    const rows = Object.entries(attributes).flatMap(([name, value]) => [
      make("dt", {}, nameOf(name)),
      make("dd", { dir: "auto" }, make("span", { class: "fact-value" }, value || "–"), value ? copyButton(value) : ""),
    ]);
    part("captured", panel).replaceChildren(...rows);
    show(part("captured-section", panel), rows.length > 0);
  }

  store.subscribe((state, before) => {
    const chat = state.chats[state.open];
    show(panel, Boolean(chat));
    if (!chat || (chat === before.chats[before.open] && state !== before)) return;
    const { visitor } = chat;
    const signed = visitor.verified ?? [];
    for (const name of FACTS) {
      fill(name, visitor[name], { link: LINKS[name]?.(visitor[name]), isVerified: signed.includes(name) });
    }
    fill("page", visitor.page_title || visitor.page_url, { link: safeHref(visitor.page_url ?? "") });
    fill("referrer", visitor.referrer, { link: safeHref(visitor.referrer ?? "") });
    fill("dialogue", chat.dialogue);
    fillCaptured(visitor.attributes ?? {});
    setText(part("panel-initial", panel), [...visitor.name][0]?.toUpperCase() ?? "?");
  });
}

const LINKS = {
  email: (address) => (address && /^[^\s@?&]+@[^\s@?&]+$/.test(address) ? `mailto:${address}` : ""),
  phone: (number) => (number && /^\+?[\d\s().-]{5,}$/.test(number) ? `tel:${number.replace(/[^\d+]/g, "")}` : ""),
};

function linkTo(href, text) {
  return href.startsWith("http") ? makeLink(href, text) : make("a", { href }, text);
}

/** team_size -> Team size */
export function sayName(name) {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
