// The pause before each card, as if somebody were typing. Never for what is only loaded again, for people who asked for
// less motion, or while nobody looks (DG-17).

export function createPace({ delay, env, isCalm, onTurn }) {
  let held = [];
  let timer = null;

  /** New messages, in order; returns those to be shown at once. Behind a card that waits, everything waits. */
  function take(messages, isWatched) {
    if (!isWatched || !delay || isCalm()) return [...flush(), ...messages];
    const ready = [];
    for (const message of messages) {
      if (message.author === "visitor") ready.push(...flush(), message);
      else if (message.author === "bot" || held.length) held.push(message);
      else ready.push(message);
    }
    if (held.length) timer ??= env.setTimeout(turn, delay);
    return ready;
  }

  function turn() {
    timer = held.length > 1 ? env.setTimeout(turn, delay) : null;
    onTurn(held.splice(0, 1));
  }

  function flush() {
    env.clearTimeout(timer);
    timer = null;
    return held.splice(0);
  }

  return { take, flush, isBusy: () => held.length > 0, shown: (messages) => (held.length ? messages.filter(({ seq }) => seq < held[0].seq) : messages) };
}
