/** Whether a stream's text holds no card yet, so that an example takes nothing away; text that isn't JSON is kept. */
export function isEmptyStream(text) {
  if (!text.trim()) return true;
  try {
    const stream = JSON.parse(text);
    return Object.keys(stream.cards ?? {}).length === 0 && !stream.start;
  } catch {
    return false;
  }
}
