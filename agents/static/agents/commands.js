import { findBest } from "./fuzzy.js";
import { byActivity } from "./next-chat.js";
import { isActive } from "./reducer.js";
import { waitOf } from "./waits.js";

/** So many past chats stand there before anything is typed; typing finds the others. */
const PAST_SHOWN = 3;
/** More than anybody reads. */
const MOST = 40;

/**
 * The agent's chats as commands, but for the open one: those that run, the offers that wait, past ones; pure. `goal` says
 * what one leads to: a conversation or an offer.
 */
export function listChats(state, { say, now }) {
  const chats = Object.values(state.chats).filter((chat) => !chat.read_only && !chat.is_elsewhere).sort(byActivity);
  const others = chats.filter((chat) => chat.state.conversation !== state.open);
  const running = others.filter(isActive).map((chat) => ofChat(chat, { icon: "chat", about: describe(chat, state, { say, now }) }));
  const past = others.filter((chat) => !isActive(chat));
  const isFree = state.connection === "online";
  const offers = state.offers.filter((offer) => isFree && !offer.deciding).map((offer) => ofOffer(offer, say));
  return [
    ...running,
    ...offers,
    ...past.map((chat) => ofChat(chat, { icon: "clock", about: say(`phase_${chat.state.phase}`), isPast: true })),
  ];
}

/**
 * What was typed for, in groups: the best first, and its group; without a word everything that leads on; pure.
 */
export function findCommands(commands, typed) {
  const isAsked = Boolean(typed.trim());
  const past = isAsked ? [] : commands.filter((command) => command.isPast).slice(PAST_SHOWN);
  const offered = commands.filter((command) => !past.includes(command));
  const found = findBest(offered, typed, ({ label, words = "" }) => [label, words, ""]).slice(0, MOST);
  const groups = new Map();
  for (const command of found) groups.set(command.group, [...(groups.get(command.group) ?? []), command]);
  return [...groups].map(([group, members]) => ({ group, commands: members }));
}

function ofChat({ state, visitor, last_text }, rest) {
  const { company = "", email = "" } = visitor;
  const hint = company || (last_text ?? "");
  const goal = { conversation: state.conversation };
  return { id: `chat-${state.conversation}`, group: "chats", label: visitor.name, hint, words: `${company} ${email}`, goal, ...rest };
}

function ofOffer(offer, say) {
  const { name, company = "" } = offer.visitor;
  const label = say("command_accept", { name });
  return { id: `offer-${offer.id}`, group: "chats", label, hint: company, words: `${name} ${company}`, icon: "ring", goal: { offer } };
}

function describe(chat, { endings }, { say, now }) {
  if (endings[chat.state.conversation]) return say("ending_short");
  if (!chat.waiting_since) return say("phase_active");
  return say("waits", { time: waitOf(Math.max(0, now - Date.parse(chat.waiting_since)), say).time });
}
