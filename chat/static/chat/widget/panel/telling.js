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

export function createTelling({ memory, sessions, emit, getDialogue, getUi }) {
  let held = memory.get("told") || { id: "", names: [] };
  let view = null;
  let flow = "";

  // What is on its way there; an agent is in it as soon as there is one.
  function describe() {
    const { id = "", name = "", type = "dialogue" } = held;
    const agent = view?.state?.agent;
    return { conversation: { id, name, type, ui: getUi() }, session: sessions.touch().id, agent: agent ? { name: agent.name } : null };
  }

  function tell(name, detail = {}) {
    emit(name, { ...describe(), ...detail });
  }

  function once(name) {
    // Another tab may have told it.
    const stored = memory.get("told");
    if (stored?.id === held.id) held = stored;
    if (held.names.includes(name)) return;
    held = { ...held, names: [...held.names, name] };
    memory.set("told", held);
    tell(name);
  }

  function begin() {
    const { conversation: id, state } = view;
    const dialogue = getDialogue();
    held = memory.get("told") || held;
    if (held.id === id) return;
    const what = flow ? { name: flow, type: "flow" } : { name: dialogue?.name ?? "", type: dialogue?.kind ?? "dialogue" };
    // Over when we first see it: its events belong to another time.
    const isOld = state.phase !== "bot" && REACHED[state.phase].includes("conversation:closed");
    held = { id, ...what, names: isOld ? ["conversation:engaged", ...REACHED[state.phase]] : [] };
    memory.set("told", held);
  }

  function observe(now) {
    view = now;
    const { state, conversation, messages } = now;
    if (!state || !conversation) return;
    if (conversation !== held.id) begin();
    if (messages.some((message) => message.author === "visitor")) once("conversation:engaged");
    for (const name of REACHED[state.phase] ?? []) once(name);
  }

  return { observe, tell, describe, flow: () => (held.type === "flow" ? held.name : ""), flowStarted: (slug) => { flow = slug; } };
}
