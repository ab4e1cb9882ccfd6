/**
 * Mentions in the state of a page; pure. `mentions` has the notes in which colleagues call this agent and that haven't
 * been looked at, the newest first; `mentionNews` those of them that came just now and are still to be told.
 */
export const NO_MENTIONS = { mentions: [], mentionNews: [] };

/** One agent is called to a note once. */
export function isSame(one, other) {
  return one.conversation === other.conversation && one.number === other.number;
}

/** After a welcome: what it has. What came while nobody listened is counted, and not told one by one. */
export function mentionsWelcomed(mentions = []) {
  return { mentions, mentionNews: [] };
}

/** A colleague who can't be called here: the note goes without that one when it is tried again, and loses nothing else. */
export function withoutRefused(outbox, { client_id: clientId, field = "" }) {
  const place = /^mentions\[(\d+)\]$/.exec(field)?.[1];
  const free = (item) => ({ ...item, mentions: (item.mentions ?? []).filter((_mention, at) => at !== Number(place)) });
  return place ? outbox.map((item) => (item.client_id === clientId ? free(item) : item)) : outbox;
}

export const MENTION_FRAMES = {
  mentions(state, { mentions }) {
    const news = mentions.filter((mention) => !state.mentions.some((known) => isSame(known, mention)));
    const waiting = state.mentionNews.filter((mention) => mentions.some((known) => isSame(known, mention)));
    return { ...state, mentions, mentionNews: [...waiting, ...news] };
  },
};

export const MENTION_DEEDS = {
  mentions_told: (state) => (state.mentionNews.length ? { ...state, mentionNews: [] } : state),
};
