/* What was published when and by whom, what changed since, and a way back. */

import { button, fill, icon, make } from "./dom.js";
import { diffSetup, diffStreams, isUnchanged, nameCard } from "./diff.js";
import { openDialog } from "./dialogs.js";

/** The differences between two of `{ stream, setup }`, as elements. */
export function drawDiff(desk, before, after) {
  const { words, types, config } = desk;
  const diff = diffStreams(before.stream, after.stream, types, { end: words.end, yes: words.yes, no: words.no, added: words.rowAdded, removed: words.rowGone, type: words.typeChanged, choices: config.choices });
  const setup = diffSetup(before.setup, after.setup);
  if (isUnchanged(diff) && !setup.length) return make("p", { class: "fine" }, icon("tick"), words.diffNone);
  const value = (text, side) => make("span", { class: `diff-${side}` }, make("span", { class: "visually-hidden" }, `${side === "before" ? words.diffBefore : words.diffAfter}: `), make(side === "before" ? "del" : "ins", { dir: "auto" }, text || words.empty));
  const field = ({ label, before: was, after: is }) => make("li", {}, make("span", { class: "diff-label", dir: "auto" }, label), value(was, "before"), value(is, "after"));
  const card = (kind, title) => (entry) => make("li", { class: `diff-card is-${kind}` },
    make("span", { class: "diff-kind" }, title),
    make("span", { class: "diff-name", dir: "auto" }, nameCard(entry.card, types)),
    entry.fields.length ? make("ul", { class: "diff-fields" }, entry.fields.map(field)) : "");
  const group = (title, fields) => make("li", { class: "diff-card is-changed" }, make("span", { class: "diff-kind" }, title), make("ul", { class: "diff-fields" }, fields.map(field)));
  return make("ul", { class: "diff" },
    setup.length ? group(words.diffSetup, setup) : "",
    diff.start ? group(words.diffStart, [{ label: "", ...diff.start }]) : "",
    diff.added.map(card("added", words.diffAdded)),
    diff.removed.map(card("removed", words.diffRemoved)),
    diff.changed.map(card("changed", words.diffChanged)));
}

export function createVersions({ desk, server, tell }) {
  const { words } = desk;

  async function open() {
    const answer = await server.versions().catch(() => null);
    if (!answer) return tell(words.offline);
    const draft = { number: 0, name: words.versionDraft, stream: desk.stream, setup: answer.setup };
    const all = [draft, ...answer.versions.map((version) => ({ ...version, name: fill(words.versionName, { number: version.number }) }))];
    openDialog({ title: words.versions, words, className: "is-wide versions", build: (close) => build(all, close) });
    return undefined;
  }

  function build(all, close) {
    if (all.length === 1) return [make("p", { class: "muted" }, words.versionNone)];
    const shown = make("div", { class: "version-diff", "aria-live": "polite" });
    const list = make("ol", { class: "version-list" });
    const other = make("select", { id: "compared-to", change: () => compare(Number(list.dataset.chosen)) });
    const compare = (index) => {
      const version = all[index];
      list.dataset.chosen = String(index);
      for (const [at, item] of [...list.children].entries()) item.firstElementChild.setAttribute("aria-pressed", String(at === index));
      const against = all[Number(other.value)];
      const restore = version.number && desk.may.edit ? button(words.restore, () => (close(), void bringBack(version.number)), { icon: "undo" }) : "";
      // The older one first, whichever was chosen.
      const [before, after] = index > Number(other.value) ? [version, against] : [against, version];
      shown.replaceChildren(make("div", { class: "version-head" }, make("h3", {}, `${before.name} → ${after.name}`), restore), drawDiff(desk, before, after));
    };
    all.forEach((version, index) => list.append(make("li", {}, drawVersion(version, () => {
      if (Number(other.value) === index) other.value = String(index ? 0 : 1);
      compare(index);
    }))));
    other.append(...all.map((version, index) => new Option(version.name, index)));
    other.value = "0";
    compare(1);
    const against = make("p", { class: "version-against" }, make("label", { for: other.id }, `${words.compare} ${words.comparedTo}`), other);
    return [make("div", { class: "version-columns" }, make("div", {}, list, against), shown)];
  }

  function drawVersion(version, act) {
    const by = version.number ? fill(words.versionBy, { when: version.at, who: version.by || words.somebody }) : "";
    return make("button", { type: "button", class: "version", "aria-pressed": "false", click: act },
      make("span", { class: "version-name" }, version.name, version.isLive ? make("span", { class: "pill is-live" }, words.versionLive) : ""),
      by && make("span", { class: "muted" }, by));
  }

  async function bringBack(number) {
    if (!(await desk.draft.flush())) return tell(words.failed);
    const answer = await server.restore(number, desk.draft.revision).catch(() => null);
    if (!answer) return tell(words.failed);
    desk.draft.rebase(answer.draft.stream, answer.draft.revision, answer.draft.stream);
    desk.do(answer.draft.stream, { label: fill(words.versionName, { number }), by: "restore" });
    desk.draft.change(desk.stream);
    desk.setPublished(answer.draft);
    await desk.check();
    return tell(fill(words.restored, { number }), { isBrief: true });
  }

  return { open };
}
