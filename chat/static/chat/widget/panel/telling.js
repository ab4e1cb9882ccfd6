// What the host page is told of a conversation (DG-19): each event once, whatever is reloaded and in however many tabs.

// What has happened by the time a conversation is in this phase, in order.
const REACHED = {
  bot: [],
  waiting: ["live-chat:requested", "conversation:completed"],
  active: ["live-chat:requested", "conversation:completed", "live-chat:initiated"],
  ended: ["live-chat:requested", "conversation:completed", "live-chat:initiated", "live-chat:ended", "conversation:closed"],
  missed: ["live-chat:requested", "conversation:completed", "live-chat:timed-out", "conversation:closed"],
  abandoned: ["live-chat:requested", "conversation:completed", "live-chat:cancelled", "conversation:closed"],
  done: ["conversation:completed", "conversation:closed"],
};

const MOST_HELD = 5;

export function createTelling({ memory, sessions, emit, getDialogue, getUi }) {
  let held = null;
  let view = null;
  let flow = "";

  // Another tab may have told something meanwhile. A conversation may come back, after a flow that replaced it.
  const stored = () => memory.get("told") || [];
  const keep = (names) => {
    held = { ...held, names };
    memory.set("told", [held, ...stored().filter(({ id }) => id !== held.id)].slice(0, MOST_HELD));
  };

  function describe() {
    const { id = "", name = "", type = "dialogue" } = held || {};
    const agent = view?.state?.agent;
    return { conversation: { id, name, type, ui: getUi() }, session: sessions.touch().id, agent: agent ? { name: agent.name } : null };
  }

  function tell(name, detail = {}) {
    emit(name, { ...describe(), ...detail });
  }

  function once(name) {
    held = stored().find(({ id }) => id === held.id) || held;
    if (held.names.includes(name)) return;
    keep([...held.names, name]);
    tell(name);
  }

  function begin({ conversation: id, state, messages }) {
    const started = flow;
    const dialogue = getDialogue();
    flow = "";
    held = stored().find((other) => other.id === id);
    if (held) return;
    held = { id, ...(started ? { name: started, type: "flow" } : { name: dialogue?.name ?? "", type: dialogue?.kind ?? "dialogue" }) };
    // Over when we first see it: its events belong to another time.
    const reached = REACHED[state.phase] ?? [];
    const isOld = reached.includes("conversation:closed");
    keep(isOld ? ["conversation:engaged", ...reached] : []);
    // Opened before its events have happened, or started as a flow: shown only now.
    if (isOld || messages.some(isOwn)) return;
    if (started || (dialogue && sessions.note("shown", dialogue.id))) tell("conversation:triggered");
  }

  function observe(now) {
    view = now;
    const { state, conversation, messages } = now;
    if (!state || !conversation) return;
    if (conversation !== held?.id) begin(now);
    if (messages.some(isOwn)) once("conversation:engaged");
    for (const name of REACHED[state.phase] ?? []) once(name);
  }

  return { observe, tell, describe, flow: () => (held?.type === "flow" ? held.name : ""), flowStarted: (slug) => { flow = slug; } };
}

function isOwn(message) {
  return message.author === "visitor";
}
