// What comes after the first message, or for a few: the menu, waiting for a human, files, documents, other looks, sound,
// and the way round networks that let no socket through.
import { createAttachments } from "./attachments.js";
import { createViewer } from "./document.js";
import { createFiles } from "./files.js";
import { createLooks } from "./looks.js";
import { createMenu } from "./menu.js";
import { PollingSocket } from "./polling.js";
import { createSound } from "./sound.js";
import { MORE_STYLES } from "./styles.js";
import { createTitle } from "./title.js";
import { createWaiting } from "./waiting.js";

/** `context` is what the chat has: session, panel, memory, strings and how to reach the server. */
export function createMore(context) {
  const { session, panel, addStyles, strings } = context;
  addStyles(MORE_STYLES);
  const sound = createSound(context);
  const attachments = createAttachments(context);
  const viewer = createViewer({ ...context, attachments });
  const waiting = createWaiting(context);
  const looks = createLooks(context);
  const title = createTitle();
  const menu = createMenu({ ...context, sound });
  const files = createFiles(context);
  panel.standing.node.prepend(waiting.node);
  panel.watchers.push(waiting.update, files.update);
  panel.update();

  return {
    fillMenu: menu.fill,
    sound: sound.play,
    unread(count, arrived) {
      title.show(count);
      if (arrived.some((message) => message.author !== "visitor")) sound.play();
    },
    createPolling: (url, hello) => new PollingSocket({ ...context, url, hello }),
    openAttached: (shown, file, opener) => (shown ? viewer.open(shown, opener) : attachments.save(file).catch(() => panel.alarm(strings.fileGone))),
    showPicture: attachments.show,
    setLook: looks.set,
    destroy() {
      waiting.stop();
      files.stop();
      viewer.close();
      looks.stop();
      title.show(0);
      sound.stop();
    },
  };
}
