// Which events of which dialogue have happened to this visitor: once met, for good (DG-05).

const MOST_DIALOGUES = 100;

// The name of a version begins with its dialogue's: what was met stays met when that is published anew.
const dialogueOf = ({ id }) => id.split(".")[0];

export function metOf(memory, dialogue) {
  return (memory.get("met") || {})[dialogueOf(dialogue)] || [];
}

export function isMet(memory, dialogue) {
  const met = metOf(memory, dialogue);
  return Object.keys(dialogue.events || {}).every((name) => met.includes(name));
}

export function rememberMet(memory, dialogue, names) {
  if (!names.length) return;
  const { [dialogueOf(dialogue)]: before = [], ...others } = memory.get("met") || {};
  const kept = Object.entries(others).slice(1 - MOST_DIALOGUES);
  memory.set("met", Object.fromEntries([...kept, [dialogueOf(dialogue), [...before, ...names]]]));
}
