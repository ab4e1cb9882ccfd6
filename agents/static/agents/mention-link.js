/** The address of a note beside a conversation, as the attributes of a link; the inbox opens its own chats in place. */
export function linkTo({ conversation, number }, inboxUrl) {
  return {
    href: `${inboxUrl}${conversation}/#note-${number}`,
    "data-part": "mention-link",
    "data-conversation": conversation,
    "data-note": number,
  };
}

/** The note that an address leads to, or 0. */
export function noteOf(hash) {
  return Number(/^#note-(\d{1,10})$/.exec(hash)?.[1] ?? 0);
}
