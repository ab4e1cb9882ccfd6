import { make, part, setText, show } from "./dom.js";

const TOAST_SHOWN = 12_000;
const SIGN_IN_EVERY = 30_000;
const WENT = "switchboard:went-to-sign-in";

/** The availability switch: what it is, why and until when, and the seats taken (LC-12). */
export function keepToggle({ store, connection, say }) {
  const toggle = part("toggle");
  if (!toggle) return;
  const isAllowed = !toggle.hasAttribute("data-forbidden");
  toggle.addEventListener("click", () => {
    const available = toggle.getAttribute("aria-checked") !== "true";
    if (connection.send({ type: "set_availability", available })) store.dispatch({ type: "switching" });
  });
  store.subscribe(({ availability, isSwitching, connection: status }, before) => {
    if (!availability) return;
    const told = describeSwitch(before.availability, availability);
    if (told) store.dispatch({ type: "told", text: say(told, { name: availability.by }) });
    toggle.setAttribute("aria-checked", String(availability.available));
    toggle.disabled = !isAllowed || isSwitching || status !== "online";
    setText(part("availability-text"), availability.text);
    setText(part("seats"), say("seats", { taken: availability.seats_taken, seats: availability.seats }));
  });
}

/** What is said where somebody else has just set it, as the key of a sentence: the top bar alone is easily missed. */
export function describeSwitch(before, after) {
  const isNews = before && (before.by !== after.by || before.available !== after.available);
  if (!after.by || !isNews) return "";
  return after.available ? "made_available" : "made_unavailable";
}

/** Says quietly how the connection is; loudly only where the agent has to do something. */
export function keepConnectionShown({ store, config, say }) {
  const node = part("connection");
  const notice = part("notice");
  store.subscribe(({ connection: status, outbox, refusal }, before) => {
    node.dataset.status = status;
    const isLost = status !== "online";
    const text = isLost && outbox.length ? say("connection_kept", { n: outbox.length }) : say(`connection_${status}`);
    setText(part("connection-text"), text);
    if (status !== before.connection) show(notice, status === "forbidden");
    if (status === "forbidden") setText(part("notice-text"), refusal || say("no_permission"));
    if (status === "signed-out" && before.connection !== status) goToSignIn(config.signInUrl, notice, say);
  });
}

/** Once: where the server's pages still take the session that its socket refused, this would go round and round. */
function goToSignIn(url, notice, say) {
  const address = `${url}?next=${encodeURIComponent(location.pathname)}`;
  const wentAt = Number(sessionStorage.getItem(WENT) ?? 0);
  if (Date.now() - wentAt > SIGN_IN_EVERY) {
    sessionStorage.setItem(WENT, String(Date.now()));
    return location.assign(address);
  }
  setText(part("notice-text"), say("sign_in_again"));
  return show(notice, true);
}

/** Short sentences about what just happened; they stay while the pointer or the focus is on them. */
export function keepToasts({ store, say }) {
  const list = part("toasts");
  const nodes = new Map();

  function close(id) {
    store.dispatch({ type: "toast_closed", id });
  }

  function add({ id, text, tone, link }) {
    const button = make("button", { type: "button", class: "toast-close", "aria-label": say("dismiss") }, "×");
    const more = link ? make("a", link.facts, link.text) : null;
    const words = make("span", {}, text, link ? " " : null, more);
    const node = make("div", { class: `toast ${tone ? `is-${tone}` : ""}` }, words, button);
    button.addEventListener("click", () => close(id));
    more?.addEventListener("click", () => close(id));
    setTimeout(function fade() {
      if (node.matches(":hover, :focus-within")) setTimeout(fade, 2_000);
      else close(id);
    }, TOAST_SHOWN);
    nodes.set(id, node);
    list.append(node);
  }

  store.subscribe(({ toasts }) => {
    const kept = new Set(toasts.map((toast) => toast.id));
    for (const [id, node] of nodes) {
      if (!kept.has(id)) {
        node.remove();
        nodes.delete(id);
      }
    }
    for (const toast of toasts) if (!nodes.has(toast.id)) add(toast);
  });
}

/** Says when nobody would hear the bell, with the click that turns it on. */
export function keepSoundShown({ bell, say }) {
  const button = part("sound");
  button.addEventListener("click", () => bell.unlock());
  return () => {
    show(button, bell.isSilent);
    setText(part("sound-text"), say("sound_off"));
  };
}
