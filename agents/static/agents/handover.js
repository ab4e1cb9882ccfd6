import { make, part, setText, show } from "./dom.js";

/** The name in the banner: who waits, and who hands the chat over where a colleague does (LC-34). */
export function titleOf({ visitor, handover }, say) {
  const name = visitor.company ? `${visitor.name} · ${visitor.company}` : visitor.name;
  return handover ? say("offer_handover", { sender: handover.sender, name }) : name;
}

/** What the visitor said last, but for an answer that stands below it anyway. */
export function quoteOf({ last_text: text, handover }) {
  const isAnswer = (handover?.answers ?? []).some(({ answer }) => answer === text);
  return text && !isAnswer ? `“${text}”` : "";
}

/** The colleague's note and what the visitor told the bot, so that nobody is asked twice. */
export function showHandover(root, { id, handover }) {
  const card = part("banner-handover", root);
  show(card, Boolean(handover));
  // Once per offer: a list that is made anew with every frame can't be read out or selected from.
  if (!handover || card.dataset.offer === id) return;
  card.dataset.offer = id;
  const note = part("banner-note", root);
  setText(note, handover.note ?? "");
  show(note, Boolean(handover.note));
  const answers = handover.answers ?? [];
  const facts = part("banner-answers", root);
  facts.replaceChildren(
    ...answers.flatMap(({ question, answer }) => [
      make("dt", { dir: "auto" }, question),
      make("dd", { dir: "auto" }, answer),
    ]),
  );
  show(facts, answers.length > 0);
}
