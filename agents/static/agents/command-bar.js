import { findCommands, listChats } from "./commands.js";
import { doDeed, isListed, isShown } from "./deeds.js";
import { icon, make, part, setText, show } from "./dom.js";
import { countingOf } from "./ending-state.js";
import { clock, config, decide, say, store } from "./session.js";
import { isCommandKey } from "./shortcuts.js";

/** In this order; whoever presses Enter without a look does no harm. The names are those of the sheet of keys. */
const OF_THE_CHAT = {
  reply: "send",
  note: "note",
  canned: "canned",
  attach: "attach",
  transfer: "transfer",
  panel: "person",
  download: "download",
  "download-html": "download",
  "download-json": "download",
  end: "remove",
  end_next: "ticks",
};
/** Where the sheet's words are for those who read the sheet. */
const LABELS = {
  undo_end: () => say("command_undo", { name: store.state.chats[countingOf(store.state)]?.visitor.name ?? "" }),
  sheet: () => part("show-shortcuts").textContent,
};
const IS_MAC = /Mac|iPhone|iPad/.test(navigator.platform);

/** Everything that can be done on this page now, found by typing (LC-43): Ctrl+K, or Cmd+K, wherever one is. */
class CommandBar {
  constructor() {
    this.bar = part("commands");
    this.box = part("commands-box");
    this.list = part("commands-list");
    this.close = part("commands-close");
    this.shown = [];
    this.chosen = "";
    this.drawn = "";
    this.now = 0;
    this.#listen();
    store.subscribe(() => this.bar.open && this.#render());
  }

  #listen() {
    window.addEventListener("keydown", (event) => this.#toggle(event), true);
    this.box.addEventListener("input", () => this.#search());
    this.bar.addEventListener("keydown", (event) => this.#key(event));
    // Not on pointerdown, which begins a scroll too; but the box keeps the focus.
    this.list.addEventListener("pointerdown", (event) => event.pointerType === "mouse" && event.preventDefault());
    this.bar.addEventListener("click", (event) => this.#click(event));
    this.close.addEventListener("click", () => this.bar.close());
    for (const button of document.querySelectorAll("[data-part=show-commands]")) {
      button.addEventListener("click", () => this.#open(button));
    }
  }

  #toggle(event) {
    if (!isCommandKey(event, { isMac: IS_MAC })) return;
    // Elsewhere in the browser it would take the person out of the page.
    event.preventDefault();
    if (this.bar.open) this.bar.close();
    else this.#open();
  }

  #open(button = null) {
    if (document.querySelector("dialog[open]")) return;
    button?.closest("details")?.removeAttribute("open");
    this.box.value = "";
    // Waits stand still while somebody chooses.
    this.now = clock.now();
    this.bar.showModal();
    this.#search();
    this.box.focus();
  }

  #search() {
    this.chosen = "";
    this.drawn = "";
    this.#render();
    this.list.scrollTop = 0;
    const found = this.shown.length ? say("commands_found", { n: this.shown.length }) : part("commands-none").textContent;
    setText(part("commands-said"), this.box.value.trim() ? found : "");
  }

  #render() {
    const groups = findCommands(listCommands(this.now), this.box.value);
    this.shown = groups.flatMap(({ commands }) => commands);
    const drawn = JSON.stringify(groups);
    // What stays the same isn't made anew under somebody's finger.
    if (drawn !== this.drawn) this.list.replaceChildren(...groups.map((group, place) => this.#group(group, place)));
    this.drawn = drawn;
    show(this.list, this.shown.length > 0);
    show(part("commands-none"), this.shown.length === 0);
    this.box.setAttribute("aria-expanded", String(this.shown.length > 0));
    if (!this.shown.some(({ id }) => id === this.chosen)) this.chosen = this.shown[0]?.id ?? "";
    this.#mark();
  }

  #group({ group, commands }, place) {
    const id = `command-group-${place}`;
    const heading = make("div", { class: "command-heading", id, role: "presentation" }, say(`commands_${group}`));
    return make("div", { role: "group", "aria-labelledby": id }, heading, ...commands.map((command) => option(command)));
  }

  #mark() {
    for (const node of this.list.querySelectorAll("[role=option]")) {
      const isChosen = node.dataset.command === this.chosen;
      node.setAttribute("aria-selected", String(isChosen));
      if (!isChosen) continue;
      this.box.setAttribute("aria-activedescendant", node.id);
      node.scrollIntoView({ block: "nearest" });
    }
    if (!this.chosen) this.box.removeAttribute("aria-activedescendant");
  }

  #key(event) {
    if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && this.shown.length) this.#move(step);
    // Round and round, never out to the browser's own bars.
    else if (event.key === "Tab") (event.target === this.box ? this.close : this.box).focus();
    else if (event.key === "Enter" && event.target === this.box) this.#run(this.chosen);
    else return;
    event.preventDefault();
  }

  #move(step) {
    const at = this.shown.findIndex(({ id }) => id === this.chosen);
    this.chosen = this.shown[(at + step + this.shown.length) % this.shown.length].id;
    this.#mark();
  }

  #click(event) {
    if (event.target === this.bar) return this.bar.close();
    const node = event.target.closest("[data-command]");
    return node ? this.#run(node.dataset.command) : undefined;
  }

  /** Closes first: that gives the focus back to where it was, and what is done may take it from there. */
  #run(id) {
    const command = this.shown.find((each) => each.id === id);
    if (!command) return;
    this.bar.close();
    command.run();
  }
}

function option({ id, label, hint = "", about = "", keys = [], icon: name }) {
  const words = make("span", { class: "command-words" }, make("span", { class: "command-label", dir: "auto" }, label));
  if (hint) words.append(make("span", { class: "command-hint", dir: "auto" }, hint));
  const pressed = keys.length ? make("span", { class: "command-keys" }, ...keys.map((key) => make("kbd", {}, key))) : null;
  const facts = { role: "option", id: `command-${id}`, class: "command", "data-command": id, "aria-selected": "false" };
  return make("div", facts, icon(name), words, about ? make("span", { class: "command-about" }, about) : null, pressed);
}

function listCommands(now) {
  return [
    ...ofDeeds({ undo_end: "undo" }, "now"),
    ...ofDeeds(OF_THE_CHAT, "chat"),
    ...listChats(store.state, { say, now }).map((each) => ({ ...each, run: () => follow(each.goal) })),
    ...listPages(),
    ...listSwitch(),
    ...ofDeeds({ sheet: "keys" }, "more"),
  ];
}

function ofDeeds(icons, group) {
  const names = Object.keys(icons).filter(isListed);
  return names.map((name) => ({ id: name, group, icon: icons[name], ...wordsOf(name), run: () => doDeed(name) }));
}

/** As the sheet of keys has it, or else the page's own button. */
function wordsOf(name) {
  const row = part("shortcuts").querySelector(`[data-deed="${name}"]`);
  if (!row) return { label: part(name).getAttribute("aria-label") ?? part(name).textContent.trim() };
  const keys = part("shortcuts-on").checked ? [...row.querySelectorAll("kbd")].map((key) => key.textContent) : [];
  const title = row.querySelector("dt").textContent;
  return { label: LABELS[name]?.() ?? title, words: `${title} ${row.dataset.words ?? ""}`, keys };
}

/** The links that the server has given this person, wherever the page has them; not the page that one is on. */
function listPages() {
  const more = document.getElementById("more-pages").content.querySelectorAll("a");
  const links = [...document.querySelectorAll(".topbar-nav a, .menu-items > a"), ...more];
  const pages = new Map();
  for (const link of links) {
    const name = link.textContent.trim();
    // Inside a template a link knows no page that it could be relative to.
    const address = new URL(link.getAttribute("href"), location.href);
    const known = pages.get(address.href);
    if (known && known.label !== name) known.hint = known.words = name;
    else if (!known && address.pathname !== location.pathname) pages.set(address.href, ofLink(link, address, name));
  }
  return [...pages.values()];
}

function ofLink(link, { href, pathname }, label) {
  const drawn = link.querySelector("use")?.getAttribute("href").replace("#icon-", "");
  return { id: `page-${pathname}`, group: "pages", label, icon: drawn ?? "settings", run: () => location.assign(href) };
}

function listSwitch() {
  const toggle = part("toggle");
  if (!isShown(toggle) || toggle.disabled) return [];
  const isOn = toggle.getAttribute("aria-checked") === "true";
  const label = say(isOn ? "command_away" : "command_available");
  return [{ id: "switch", group: "more", label, icon: "clock", words: toggle.getAttribute("aria-label"), run: () => toggle.click() }];
}

/** A chat of the list opens as a click on it does, elsewhere as the page that it has. */
function follow({ conversation, offer }) {
  if (offer) return decide(offer, "accept");
  const item = document.querySelector(`#own-chats [data-conversation="${conversation}"] a`);
  return item ? item.click() : location.assign(`${config.inboxUrl}${conversation}/#reply`);
}

if (IS_MAC) for (const node of document.querySelectorAll("[data-part=command-key]")) setText(node, "⌘");
new CommandBar();
