/* Tries the draft out as a visitor: the real widget in a frame of a phone's or a desktop's size. */

import { button, iconButton, make, short } from "./dom.js";

const SIZES = { phone: [390, 720], desktop: [1200, 760] };

export function createPreviewing({ desk, root, toggle, onCard }) {
  const { words, config } = desk;
  const facts = [];
  let device = "phone";
  let isAvailable = true;

  const stage = make("div", { class: "stage" });
  const start = make("select", { id: "preview-start", change: restart });
  const factRows = make("div", { class: "facts" });
  const available = make("input", { type: "checkbox", change: () => { isAvailable = available.checked; restart(); } });
  available.checked = true;
  const devices = make("div", { class: "segments", role: "group", "aria-label": words.preview }, Object.keys(SIZES).map((name) => button(words[name === "phone" ? "previewPhone" : "previewDesktop"], () => setDevice(name), { icon: name, class: "segment", "data-device": name, "aria-pressed": String(name === device) })));

  root.append(
    make("div", { class: "editor-head" }, make("h2", {}, words.preview), button(words.previewRestart, restart, { icon: "restart", class: "button is-small" }), iconButton("remove", words.close, () => show(false))),
    make("div", { class: "preview-settings" },
      devices,
      make("div", { class: "preview-start" }, make("label", { for: start.id }, words.previewStart), start),
      make("details", {}, make("summary", {}, words.previewFacts), factRows,
        make("label", { class: "check" }, available, make("span", {}, words.previewAvailable)),
        button(words.previewAddFact, () => (facts.push(["", ""]), drawFacts(facts.length - 1)), { icon: "plus", class: "button is-small" }))),
    stage,
    make("p", { class: "muted preview-note" }, words.previewNote),
  );

  function drawFacts(focus = -1) {
    factRows.replaceChildren(...facts.map((fact, index) => make("div", { class: "fact" },
      make("input", { type: "text", list: "known-attributes", class: "is-code", placeholder: words.previewName, "aria-label": words.previewName, value: fact[0], autocapitalize: "none", input: (event) => { fact[0] = event.target.value.trim(); }, change: restart }),
      make("input", { type: "text", dir: "auto", placeholder: words.previewValue, "aria-label": words.previewValue, value: fact[1], input: (event) => { fact[1] = event.target.value; }, change: restart }),
      iconButton("bin", words.remove, () => (facts.splice(index, 1), drawFacts(), restart())))));
    factRows.children[focus]?.querySelector("input").focus();
  }

  function setDevice(name) {
    device = name;
    for (const each of devices.children) each.setAttribute("aria-pressed", String(each.dataset.device === name));
    root.dataset.device = name;
    restart();
  }

  function fit() {
    const frame = stage.firstElementChild;
    if (!frame) return;
    const [width, height] = SIZES[device];
    const scale = Math.min(1, stage.clientWidth / width, stage.clientHeight / height);
    frame.style.setProperty("inline-size", `${width}px`);
    frame.style.setProperty("block-size", `${device === "phone" ? Math.min(height, stage.clientHeight / scale) : height}px`);
    frame.style.setProperty("transform", `translateX(-50%) scale(${scale})`);
  }

  function address() {
    const known = Object.fromEntries(facts.filter(([name, value]) => name && value));
    const query = new URLSearchParams({ facts: JSON.stringify(known), ...(start.value ? { start: start.value } : {}), ...(isAvailable ? { available: "yes" } : {}) });
    return `${config.urls.preview}?${query}`;
  }

  async function restart() {
    if (root.hidden) return;
    // What is tried is what is on the canvas.
    await desk.draft.flush();
    stage.replaceChildren(make("iframe", { class: `device is-${device}`, src: address(), title: words.preview, "data-part": "preview-frame" }));
    fit();
  }

  function listCards() {
    const chosen = start.value;
    const cards = [...desk.nodes.values()].filter((node) => node.kind === "card");
    start.replaceChildren(new Option(words.previewBeginning, ""), ...cards.map((node) => new Option(short(desk.name(node.id), 50), node.id)));
    start.value = desk.stream.cards[chosen] ? chosen : "";
  }

  function show(isOpen, from = "") {
    root.hidden = !isOpen;
    toggle.setAttribute("aria-pressed", String(isOpen));
    document.body.classList.toggle("is-previewing", isOpen);
    onCard("");
    if (!isOpen) return stage.replaceChildren();
    listCards();
    start.value = from;
    root.dataset.device = device;
    return void restart();
  }

  addEventListener("message", (event) => {
    if (event.origin === location.origin && event.source === stage.firstElementChild?.contentWindow) onCard(String(event.data?.card ?? ""));
  });
  desk.on("change", () => !root.hidden && listCards());
  addEventListener("resize", fit);
  toggle.addEventListener("click", () => show(root.hidden));
  root.addEventListener("keydown", (event) => event.key === "Escape" && (show(false), toggle.focus()));
  return { show };
}
