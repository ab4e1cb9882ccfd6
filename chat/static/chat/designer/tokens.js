/* Puts what is known of a visitor into a text: {{first_name:"there"}}. */

import { button, make } from "./dom.js";

/** A small form that opens under a text field; `area` gets the token where its cursor is. */
export function createTokenButton(area, { words, attributes }) {
  const id = `${area.id}-token`;
  const options = attributes.map(([name, label]) => new Option(label, name));
  const select = make("select", { id: `${id}-name` }, options);
  const fallback = make("input", { id: `${id}-default`, type: "text", dir: "auto", placeholder: words.tokenDefaultValue, maxlength: "60", keydown: (event) => event.key === "Enter" && (event.preventDefault(), insert()) });
  const form = make("div", { class: "token-form", hidden: true, keydown: escape },
    make("div", {}, make("label", { for: select.id }, words.tokenName), select),
    make("div", {}, make("label", { for: fallback.id }, words.tokenDefault), fallback),
    button(words.insert, insert, { class: "button is-small" }));
  const toggle = button(words.token, () => show(form.hidden), { icon: "token", class: "link-button", "aria-expanded": "false" });

  function show(isOpen) {
    form.hidden = !isOpen;
    toggle.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) select.focus();
  }

  function escape(event) {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    show(false);
    toggle.focus();
  }

  function insert() {
    const given = fallback.value.replaceAll('"', "'").trim();
    const token = given ? `{{${select.value}:"${given}"}}` : `{{${select.value}}}`;
    area.setRangeText(token, area.selectionStart, area.selectionEnd, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
    show(false);
    area.focus();
  }

  return make("div", { class: "token" }, toggle, form);
}
