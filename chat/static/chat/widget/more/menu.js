// The menu: end the chat, save it, mute, privacy.
import { el } from "../panel/dom.js";
import { safeAddress } from "../panel/text.js";
import { may } from "../panel/view.js";
import { saveTranscript } from "./transcript_file.js";

export function createMenu({ session, strings, language, config, sound }) {
  function fill(menu, fold) {
    const item = (part, words, click, classes = null) => el("button", { type: "button", class: classes, "data-part": part, click }, words);
    const { view } = session;
    const said = view.messages.length > 0;
    const href = safeAddress(config.privacy);

    function end() {
      fold();
      session.end();
    }

    // Asked only where the visitor would leave without an answer to the last thing they wrote.
    function confirm() {
      const no = item("end-stay", strings.endNo, () => fold());
      menu.replaceChildren(el("p", {}, strings.endAsk), item("end-confirm", strings.endYes, end, "danger"), no);
      no.focus();
    }

    const lastWord = view.messages.findLast((message) => message.kind === "text");
    const isUnanswered = view.state?.phase === "active" && lastWord?.author === "visitor";
    const mute = () => (sound.mute(!sound.isMuted()), fold());
    const save = () => (saveTranscript({ view, strings, language, name: config.name }), fold());
    menu.replaceChildren(...[
      config.sounds && item("mute", sound.isMuted() ? strings.unmute : strings.mute, mute),
      said && item("transcript", strings.save, save),
      href && el("a", { href, target: "_blank", rel: "noopener noreferrer", click: () => void fold() }, strings.privacy),
      may(view, "end") && item("end", strings.end, isUnanswered ? confirm : end, "danger"),
    ].filter(Boolean));
  }

  return { fill };
}
