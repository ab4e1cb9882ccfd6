/* The conversation of the preview: frames as the server sends them, from lines that are always the same. */

const CONVERSATION = "preview";
const MINUTE = 60_000;
const CARD = "question";

/** What the server says in a scene, `dialogue` or `chat`; `lines` are the words. `take(frame)` returns its answers. */
export function createTalk(scene, lines, now = () => Date.now()) {
  const started = now() - 3 * MINUTE;
  const messages = [];
  let revision = 1;
  let phase = "bot";
  let awaiting = CARD;

  function add(author, kind, text, more = {}) {
    const seq = messages.length + 1;
    const at = new Date(Math.min(started + seq * 20_000, now())).toISOString();
    messages.push({ type: "message", conversation: CONVERSATION, seq, author, kind, text, at, ...more });
    return messages.at(-1);
  }

  function ask() {
    const choices = lines.choices.map((label, place) => ({ id: `choice-${place}`, label }));
    return add("bot", "card", lines.question, { ask: { card: CARD, input: "choice", choices } });
  }

  function answer(label, client = "preview-answer") {
    awaiting = "";
    return add("visitor", "text", label, { client_id: client });
  }

  function connect() {
    phase = "active";
    return [
      add("system", "notice", "", { notice: "joined", name: lines.agent }),
      add("agent", "text", lines.reply, { name: lines.agent }),
    ];
  }

  function getState() {
    revision += 1;
    const seq = messages.length;
    const marks = { visitor_delivered: seq, visitor_read: seq, agent_delivered: seq, agent_read: seq };
    const can = { bot: awaiting ? ["answer"] : [], active: ["post"] }[phase];
    const agent = phase === "active" ? { name: lines.agent } : null;
    return { type: "state", conversation: CONVERSATION, revision, phase, last_seq: seq, can, awaiting, agent, marks: { type: "marks", conversation: CONVERSATION, ...marks } };
  }

  add("bot", "card", lines.greeting);
  ask();
  if (scene === "chat") {
    answer(lines.choices[0]);
    add("visitor", "text", lines.visitor, { client_id: "preview-question" });
    connect();
    add("visitor", "text", lines.thanks, { client_id: "preview-thanks" });
  }

  function welcome() {
    const at = new Date(now()).toISOString();
    return { type: "welcome", protocol: 1, now: at, token: "preview", state: getState(), messages: [...messages], reset: true };
  }

  function takeAnswer({ client_id: client, value }) {
    const place = lines.choices.findIndex((_, index) => `choice-${index}` === value);
    const own = answer(lines.choices[place] ?? value, client);
    const accepted = { type: "accepted", conversation: CONVERSATION, client_id: client };
    const rest = place === 0 ? connect() : [add("bot", "card", lines.answered)];
    return [accepted, own, ...rest, getState()];
  }

  function takePost({ client_id: client, text }) {
    const { seq, at } = add("visitor", "text", text, { client_id: client });
    return [{ type: "ack", conversation: CONVERSATION, client_id: client, seq, at, text }, getState()];
  }

  const takers = {
    hello: () => [welcome()],
    ping: ({ mark }) => [{ type: "pong", now: new Date(now()).toISOString(), mark: mark ?? "", seqs: {} }],
    answer: takeAnswer,
    post: takePost,
  };
  return { take: (frame) => takers[frame.type]?.(frame) ?? [] };
}
