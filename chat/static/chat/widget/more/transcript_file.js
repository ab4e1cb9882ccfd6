// The conversation as a text file, made here from what is shown: nothing is asked of the server, and it works offline.
import { regionOf } from "../panel/wording.js";
import { save } from "./saving.js";

/** One line a message: when, who, what. Times are the visitor's own. */
export function writeTranscript({ view, strings, language, name }) {
  const moment = new Intl.DateTimeFormat(regionOf(language), { dateStyle: "short", timeStyle: "medium" });
  const lines = view.messages.map((message) => {
    const words = message.kind === "notice" ? strings.notice[message.notice]?.(message.name ?? "") ?? message.text : message.text;
    const who = message.author === "visitor" ? strings.you : message.name || strings.assistant;
    const attached = message.document?.name ?? (message.file && message.file.name !== words ? message.file.name : "");
    const text = [words, attached && `[${attached}]`].filter(Boolean).join(" ").replace(/\r?\n/g, "\n    ");
    const at = moment.format(new Date(message.at));
    return message.kind === "notice" ? `${at}  — ${text}` : `${at}  ${who}: ${text}`;
  });
  return `${name}\n\n${lines.join("\n")}\n`;
}

export function saveTranscript(given) {
  const day = new Date().toLocaleDateString("en-CA");
  save(new Blob([writeTranscript(given)], { type: "text/plain;charset=utf-8" }), `${given.strings.saveName}-${day}.txt`);
}
