/* Says how safe the draft is, and puts two people's drafts together (DG-15). */

import { button, fill, make, setText, short } from "./dom.js";
import { nameCard } from "./diff.js";
import { openDialog } from "./dialogs.js";
import { isSame } from "./equal.js";
import { changedCards, merge } from "./merge.js";
import { Refused } from "./server.js";

const LOOK_EVERY = 30_000;
const BRIEF = 8_000;

export function createSaving({ desk, server, status, notice }) {
  const { words } = desk;
  let hiding = null;

  function draw() {
    const name = desk.draft.status;
    const texts = { saved: words.saved, unsaved: words.unsaved, saving: words.saving, conflict: words.conflictStatus, offline: server.isSignedOut ? words.signedOut : words.offline, refused: fill(words.refused, { why: desk.draft.problem }) };
    status.dataset.status = name;
    setText(status, texts[name]);
  }

  const nameOf = (id, ...streams) => short(nameCard(streams.map((stream) => stream.cards[id]).find(Boolean), desk.types), 40);
  const who = (draft) => draft.changedBy || words.somebody;

  /** Somebody else saved first. What doesn't clash is put together by itself; for the rest somebody chooses. */
  async function settle(draft) {
    const { base } = desk.draft;
    const mine = desk.stream;
    const theirs = changedCards(base, draft.stream).map((id) => nameOf(id, draft.stream, base));
    const { conflicts } = merge(base, mine, draft.stream, desk.types);
    if (conflicts.length) await askAbout({ base, mine, draft, conflicts, theirs });
    else take({ base: draft, merged: merge(base, mine, draft.stream, desk.types).stream, names: theirs });
  }

  function take({ base, merged, names }) {
    const title = fill(words.mergedTitle, { who: who(base) });
    apply(base, merged);
    desk.setPublished(base);
    tell(names.length ? `${title} ${fill(words.mergedCards, { cards: names.join(", ") })}` : title);
  }

  // The other's draft is the ground, ours on top of it is one more step, which can be undone.
  function apply(draft, stream) {
    const isTheirs = isSame(stream, draft.stream);
    const next = isTheirs ? draft.stream : stream;
    desk.draft.rebase(draft.stream, draft.revision, next);
    desk.do(next, { label: words.merge, by: "merge" });
    if (isTheirs) desk.draft.change(draft.stream);
    else void desk.draft.flush();
    void desk.check();
  }

  function askAbout({ base, mine, draft, conflicts, theirs }) {
    const picks = new Map(conflicts.map((conflict) => [keyOf(conflict), "mine"]));
    const build = (close) => [
      make("p", { class: "muted" }, words.conflictText),
      theirs.length ? make("p", { class: "muted", dir: "auto" }, fill(words.theirCards, { who: who(draft), cards: theirs.join(", ") })) : "",
      make("div", { class: "conflicts" }, conflicts.map((conflict) => drawConflict(conflict, draft, mine, base, picks))),
      make("div", { class: "dialog-buttons" },
        button(words.conflictTake, () => close("theirs")),
        button(words.conflictCopy, () => close("copy")),
        button(words.conflictMerge, () => close("merge"), { class: "button is-primary" })),
    ].filter(Boolean);
    const { closed } = openDialog({ title: fill(words.conflictTitle, { who: who(draft) }), words, build, className: "is-wide" });
    return closed.then((choice) => decide(choice, { base, draft, picks, theirs }));
  }

  const keyOf = ({ id, field }) => `${id}|${field}`;

  function drawConflict(conflict, draft, mine, base, picks) {
    const { id, field } = conflict;
    const where = id === null ? words.conflictStart : nameOf(id, mine, draft.stream, base);
    const form = desk.types.get((mine.cards[id] ?? draft.stream.cards[id])?.type);
    const label = form?.fields.find((each) => each.name === field.split(".")[0])?.label ?? words.whole;
    const option = (side, title) => {
      const input = make("input", { type: "radio", name: `conflict-${keyOf(conflict)}`, value: side, change: () => picks.set(keyOf(conflict), side) });
      input.checked = side === "mine";
      return make("label", { class: "conflict-side" }, input, make("span", {}, make("b", {}, title), make("span", { class: "conflict-text", dir: "auto" }, show(conflict[side], mine, draft.stream))));
    };
    return make("fieldset", { class: "conflict" }, make("legend", { dir: "auto" }, `${where} · ${id === null ? "" : label}`),
      option("mine", words.conflictMine), option("theirs", fill(words.conflictTheirs, { who: who(draft) })));
  }

  function show(value, ...streams) {
    if (value === undefined || value === null) return words.conflictDeleted;
    if (typeof value === "object") return value.type ? nameCard(value, desk.types) : value.label ?? JSON.stringify(value);
    return streams.some((stream) => stream.cards[value]) ? nameOf(value, ...streams) : String(value);
  }

  async function decide(choice, { base, draft, picks, theirs }) {
    // What was changed while the question stood open is ours too.
    const mine = desk.stream;
    if (choice === "merge") {
      const merged = merge(base, mine, draft.stream, desk.types, (conflict) => picks.get(keyOf(conflict)) ?? "mine").stream;
      take({ base: draft, merged, names: theirs });
    } else if (choice === "theirs" || choice === "copy") {
      if (choice === "copy" && !(await keepCopy(mine))) return later(draft);
      apply(draft, draft.stream);
      desk.setPublished(draft);
    } else later(draft);
    return undefined;
  }

  async function keepCopy(stream) {
    try {
      const copy = await server.duplicate(stream);
      tell(fill(words.copyMade, { name: copy.name }), { href: copy.url, text: copy.name });
      return true;
    } catch (error) {
      tell(error instanceof Refused ? error.message : words.failed);
      return false;
    }
  }

  // Not decided: nothing is saved until it is; asking again is one click away.
  function later(draft) {
    tell(words.conflictStatus, { act: () => void settle(draft), text: words.conflictMerge });
  }

  /** Says something over the canvas; what is brief goes by itself. */
  function tell(text, { href = "", act = null, text: label = "", isBrief = false } = {}) {
    clearTimeout(hiding);
    if (isBrief) hiding = setTimeout(() => notice.replaceChildren(), BRIEF);
    const more = href ? make("a", { href }, label) : act ? button(label, () => (notice.replaceChildren(), act()), { class: "link-button" }) : "";
    notice.replaceChildren(make("p", { class: "toast" }, make("span", { dir: "auto" }, text), more, button(words.close, () => notice.replaceChildren(), { class: "link-button" })));
  }

  /** What an earlier visit couldn't save is put on top of what the server has now. */
  function recover() {
    const kept = desk.draft.recover();
    if (!kept || !desk.may.edit || isSame(kept.stream, desk.stream)) return;
    if (kept.revision === desk.draft.revision) {
      desk.do(kept.stream, { label: words.recovered });
      tell(words.recovered);
      return;
    }
    const ground = { ...desk.published, stream: desk.stream, revision: desk.draft.revision };
    desk.draft.rebase(kept.base, kept.revision, kept.stream);
    desk.do(kept.stream, { label: words.recovered });
    void settle(ground);
  }

  /** Now and then, and whenever somebody comes back: has it been changed elsewhere? */
  async function look() {
    if (document.visibilityState !== "visible" || desk.draft.status !== "saved") return;
    const answer = await server.read().catch(() => null);
    if (!answer || desk.draft.status !== "saved") return;
    const { draft } = answer;
    const isNewer = draft.revision > desk.draft.revision;
    if (isNewer) {
      const names = changedCards(desk.draft.base, draft.stream).map((id) => nameOf(id, draft.stream, desk.draft.base));
      apply(draft, draft.stream);
      tell(fill(words.theirCards, { who: who(draft), cards: names.join(", ") }));
    }
    desk.setPublished(draft);
  }

  desk.on("status", draw);
  desk.on("conflict", (draft) => void settle(draft));
  addEventListener("online", () => desk.draft.nudge());
  addEventListener("focus", () => (desk.draft.nudge(), void look()));
  setInterval(() => (desk.draft.nudge(), void look()), LOOK_EVERY);
  addEventListener("beforeunload", (event) => {
    if (["unsaved", "saving"].includes(desk.draft.status)) {
      void desk.draft.flush();
      event.preventDefault();
    }
  });
  draw();
  return { recover, tell };
}
