/** A conversation's messages as this page has them: `messages` up to `last`, and `held` ones that came too early. */
export const EMPTY = { messages: [], last: 0, held: [], isLoaded: false };

export function threadOf(messages) {
  return messages.reduce(append, { ...EMPTY, isLoaded: true });
}

/** Takes one pushed message: the next one is shown, a known one ignored, one after a gap waits (DL-03). */
export function take(thread, message) {
  if (message.seq <= thread.last) return thread;
  if (thread.isLoaded && message.seq === thread.last + 1) return release(append(thread, message), false);
  if (thread.held.some((held) => held.seq === message.seq)) return thread;
  return { ...thread, held: [...thread.held, message].sort((a, b) => a.seq - b.seq) };
}

/** Takes a page that the server read after `last`; what it leaves out isn't for this reader, so it is no gap. */
export function takePage(thread, page) {
  const grown = page.messages.filter((message) => message.seq > thread.last).reduce(append, thread);
  return release({ ...grown, isLoaded: grown.isLoaded || !page.more }, !page.more);
}

export function hasGap(thread) {
  return thread.held.length > 0;
}

function append(thread, message) {
  return { ...thread, messages: [...thread.messages, message], last: message.seq };
}

function release(thread, isComplete) {
  let next = thread;
  for (const message of thread.held) {
    if (message.seq > next.last && (isComplete || message.seq === next.last + 1)) next = append(next, message);
  }
  return { ...next, held: next.held.filter((message) => message.seq > next.last) };
}
