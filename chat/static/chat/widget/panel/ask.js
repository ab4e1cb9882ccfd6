// What a card asks: choices as buttons, or one field with the server's reason beside it.
import { el } from "./dom.js";

const INPUTS = {
  email: { type: "email", inputmode: "email", autocomplete: "email", autocapitalize: "none", spellcheck: "false" },
  phone: { type: "tel", inputmode: "tel", autocomplete: "tel" },
  text: { type: "text" },
};
// What browsers can fill in, by the name of the attribute that is asked for.
const COMPLETED = {
  first_name: "given-name", last_name: "family-name", name: "name", full_name: "name", job_title: "organization-title",
  company: "organization", city: "address-level2", country: "country-name", zip: "postal-code", postal_code: "postal-code",
};

/** `answer(card, value, label)` is called once per question; false means that it could not be taken. */
export function createAsk({ strings, answer }) {
  const node = el("div", { class: "ask" });
  let shown = "";
  let field = null;

  function update({ ask, refusal, isAnswered }) {
    const now = ask && !isAnswered ? ask.card : "";
    if (now !== shown) draw(now ? ask : null);
    shown = now;
    if (field) field.refuse(refusal?.card === now ? refusal : null);
  }

  function draw(ask) {
    field = null;
    if (!ask) return node.replaceChildren();
    if (ask.input === "choice") return node.replaceChildren(drawChoices(ask));
    field = drawField(ask);
    return node.replaceChildren(field.node);
  }

  function drawChoices(ask) {
    const buttons = (ask.choices ?? []).map((choice) => el("button", {
      type: "button", class: "choice", dir: "auto", "data-part": "choice", "data-choice": choice.id,
      click: () => answer(ask.card, choice.id, choice.label),
    }, choice.label));
    return el("div", { class: "choices", role: "group" }, ...buttons);
  }

  function drawField(ask) {
    const label = strings.fieldLabel[ask.input] ?? strings.fieldLabel.text;
    const input = ask.input === "picklist" ? drawPicklist(ask) : drawInput(ask);
    input.id = "field";
    const reason = el("p", { class: "reason", id: "reason", hidden: true, role: "alert" });
    const send = el("button", { type: "submit", class: "solid", "data-part": "field-send" }, strings.send);
    const buttons = el("div", { class: "buttons" }, ask.required === false ? drawSkip(ask) : null, send);
    const named = el("label", { for: "field" }, label);
    const form = el("form", { class: "field", novalidate: true, submit }, named, input, reason, buttons);
    input.addEventListener("input", () => say(""));
    let refused = null;

    function submit(event) {
      event.preventDefault();
      const value = input.value.trim();
      if (!value) say(strings.fieldEmpty[ask.input] ?? strings.fieldEmpty.text);
      else answer(ask.card, value, value, ask.input);
    }

    function say(words) {
      reason.hidden = !words;
      reason.textContent = words;
      input.setAttribute("aria-invalid", String(Boolean(words)));
      if (words) input.setAttribute("aria-describedby", "reason");
      else input.removeAttribute("aria-describedby");
    }

    return {
      node: form,
      refuse(refusal) {
        if (refusal === refused) return;
        refused = refusal;
        if (!refusal) return;
        input.value = refusal.value;
        say(refusal.text);
        input.focus();
      },
    };
  }

  function drawSkip(ask) {
    const click = () => answer(ask.card, "", strings.skipped);
    return el("button", { type: "button", class: "quiet", "data-part": "skip", click }, strings.skip);
  }

  function drawInput(ask) {
    const kind = INPUTS[ask.input] ?? INPUTS.text;
    const autocomplete = COMPLETED[ask.attribute] ?? kind.autocomplete;
    const name = ask.attribute || ask.input;
    return el("input", { ...kind, autocomplete, name, maxlength: "500", enterkeyhint: "send", "data-part": "field" });
  }

  function drawPicklist(ask) {
    const options = (ask.options ?? []).map((option) => el("option", { value: option }, option));
    return el("select", { "data-part": "field" }, el("option", { value: "" }, strings.pick), ...options);
  }

  return { node, update, focus: () => node.querySelector("input, select, button")?.focus() };
}
