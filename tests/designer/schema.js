/* Card types as the server describes them, as far as these tests need them; and streams made of them. */
import { typesOf } from "../../chat/static/chat/designer/tree.js";

const field = (name, kind, more = {}) => ({ name, kind, label: name, help: "", required: false, max_length: null, options: [], fields: [], shown_when: null, ...more });
const next = field("next", "card");

export const TYPES = typesOf([
  { type: "message", label: "Message", fields: [field("text", "text"), next] },
  {
    type: "question",
    label: "Question",
    fields: [field("text", "text"), field("choices", "rows", { label: "Answers", fields: [field("id", "line"), field("label", "line"), field("value", "line"), next] })],
  },
  { type: "branch", label: "Branch", fields: [field("when", "conditions"), field("then", "card", { label: "Then" }), field("otherwise", "card", { label: "Otherwise" })] },
  { type: "live_chat", label: "Live chat", fields: [field("text", "text"), field("option", "select", { label: "Who", options: [{ value: "team", label: "A team" }, { value: "rules", label: "Rules" }] })] },
]);

export const say = (text, target = null) => ({ type: "message", text, next: target });
export const ask = (text, ...targets) => ({ type: "question", text, choices: targets.map((target, index) => ({ id: `c${index}`, label: `Choice ${index}`, next: target })) });
export const human = () => ({ type: "live_chat", option: "rules" });
export const stream = (start, cards) => ({ start, cards });

/** hello -> topic -> (prices -> human | bye) */
export const sample = () => stream("hello", { hello: say("Hi", "topic"), topic: ask("What?", "prices", "bye"), prices: say("Prices", "human"), human: human(), bye: say("Bye") });

/** A source of randomness that gives the same ids each time. */
export function dice(seed = 1) {
  let state = seed;
  return () => {
    state = (state * 16_807) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
