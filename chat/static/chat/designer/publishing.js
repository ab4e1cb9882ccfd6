/* Publishing: what keeps it from it, what will change, and then the deed. */

import { fill, make, setText } from "./dom.js";
import { confirm } from "./dialogs.js";
import { isSame } from "./equal.js";
import { Refused } from "./server.js";
import { drawDiff } from "./versions.js";

export function createPublishing({ desk, server, publishButton, pill, problems, tell }) {
  const { words, config } = desk;

  function draw() {
    const { status, version } = desk.published;
    const isSaved = isSame(desk.stream, desk.draft.base);
    const differs = desk.published.differs || !isSaved;
    const text = status === "published" ? (differs ? words.statusChanged : words.statusPublished) : status === "unpublished" ? words.statusUnpublished : words.statusDraft;
    setText(pill, fill(text, { number: version }));
    pill.dataset.status = status === "published" && differs ? "changed" : status;
    if (!publishButton) return;
    const why = desk.errors.length ? `${words.cantPublish} ${desk.errors[0].message}` : status === "published" && !differs ? words.nothingNew : "";
    // It can always be pressed: then it says what keeps it from publishing.
    publishButton.dataset.blocked = String(Boolean(why));
    publishButton.title = why;
  }

  async function publish() {
    await desk.draft.flush();
    await desk.check();
    if (desk.errors.length) {
      desk.say(words.cantPublish);
      return problems.show(true);
    }
    if (publishButton.dataset.blocked === "true") return tell(publishButton.title);
    if (desk.draft.status !== "saved") return undefined;
    const known = await server.versions().catch(() => null);
    const live = known?.versions.find((version) => version.number === desk.published.version);
    const extra = live ? [make("h3", {}, fill(words.changesSince, { number: live.number })), make("div", { class: "publish-diff" }, drawDiff(desk, live, { stream: desk.stream, setup: known.setup }))] : [];
    const yes = await confirm({ title: fill(words.publishTitle, { name: config.name }), text: words.publishText, act: words.publishNow, extra }, words);
    return yes ? act(() => server.publish(desk.draft.revision), (draft) => fill(words.published, { number: draft.version })) : undefined;
  }

  async function unpublish() {
    const yes = await confirm({ title: fill(words.unpublishTitle, { name: config.name }), text: words.unpublishText, act: words.unpublish }, words);
    if (yes) await act(() => server.unpublish(), () => words.unpublished);
  }

  async function act(call, done) {
    try {
      const { draft } = await call();
      desk.setPublished(draft);
      tell(done(draft), { isBrief: true });
    } catch (error) {
      if (error instanceof Refused && error.body.faults) await desk.check();
      tell(error instanceof Refused ? error.message : words.offline);
    }
  }

  for (const type of ["status", "faults", "change"]) desk.on(type, draw);
  publishButton?.addEventListener("click", () => void publish());
  draw();
  return { unpublish, canUnpublish: () => Boolean(publishButton) && desk.published.status === "published" };
}
