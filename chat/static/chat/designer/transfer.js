/* A stream from a file: read here, and put on the canvas as one more step that can be undone. */

export async function readStream(file, words) {
  let stream;
  try {
    stream = JSON.parse(await file.text());
  } catch {
    throw new Error(words.rawInvalid);
  }
  const cards = stream?.cards;
  const isStream = cards && typeof cards === "object" && !Array.isArray(cards) && Object.values(cards).every((card) => typeof card?.type === "string");
  if (!isStream) throw new Error(words.rawInvalid);
  return { start: stream.start ?? null, cards };
}
