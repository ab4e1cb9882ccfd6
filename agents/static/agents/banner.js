import { isWriting, part, setText, show } from "./dom.js";
import { quoteOf, showHandover, titleOf } from "./handover.js";
import { countdown } from "./times.js";

/** Past the deadline the server settles; this is how long a page without connection still waits for the word. */
const OVERDUE = 10_000;
const HURRY = 15_000;

/**
 * The blue banner (LC-21): the first of the offers that wait, on every page, until it is settled. `confirm` tells the
 * server that it is on screen (LC-24).
 */
export class Banner {
  constructor({ root, store, clock, say, bell, decide, confirm }) {
    Object.assign(this, { root, store, clock, say, bell, decide, confirm });
    this.offer = null;
    this.confirmed = new Set();
    this.focusBefore = null;
    this.name = part("banner-name", root);
    this.accept = part("banner-accept", root);
    this.decline = part("banner-decline", root);
    this.form = part("banner-reason", root);
    this.announcement = part("banner-announcement");
    this.#listen();
    store.subscribe((state, before) => this.#render(state, before));
    setInterval(() => this.#tick(), 250);
  }

  #listen() {
    this.accept.addEventListener("click", () => this.decide(this.offer, "accept"));
    this.decline.addEventListener("click", () => this.#askReason(this.form.hidden));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.decide(this.offer, "decline", this.form.elements.reason.value.trim());
    });
    part("banner-keep", this.root).addEventListener("click", () => {
      this.#askReason(false);
      this.decline.focus();
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "F8" && this.offer) {
        event.preventDefault();
        this.accept.focus();
      }
    });
  }

  #render(state, before) {
    // A new connection is a new inbox to the server: what is on screen is confirmed to it again.
    if (state.connection !== before.connection) this.confirmed.clear();
    const offer = state.offers[0] ?? null;
    const isAnother = offer?.id !== this.offer?.id;
    const had = this.offer;
    this.offer = offer;
    if (!offer) return had && this.#leave();
    this.#fill(offer, state);
    if (isAnother) this.#arrive(offer, had);
    this.#tick();
    this.#confirmShown(state);
    return this.bell.ring(true);
  }

  #fill(offer, state) {
    setText(this.name, titleOf(offer, this.say));
    showHandover(this.root, offer);
    setText(part("banner-where", this.root), this.say("offer_where", this.#placeOf(offer)));
    setText(part("banner-why", this.root), offer.why);
    const quote = part("banner-quote", this.root);
    setText(quote, quoteOf(offer));
    show(quote, Boolean(quoteOf(offer)));
    const count = part("banner-count", this.root);
    setText(count, this.say("offer_count", { n: state.offers.length }));
    show(count, state.offers.length > 1);
    const isBusy = Boolean(offer.deciding) || state.connection !== "online";
    this.accept.disabled = this.decline.disabled = isBusy;
    const label = state.connection === "online" ? (offer.deciding === "accept" ? "accepting" : "accept") : "connecting";
    setText(part("banner-accept-label", this.root), this.say(label));
  }

  #placeOf({ dialogue, visitor }) {
    return { dialogue, page: visitor.page_title || visitor.page_url || "–" };
  }

  #arrive(offer, had) {
    this.#askReason(false);
    show(this.root, true);
    const seconds = Math.ceil(this.clock.until(offer.expires_at) / 1000);
    setText(this.announcement, this.say("offer_announced", { name: offer.visitor.name, why: offer.why, n: seconds }));
    if (isWriting() || document.querySelector("dialog[open]")) return;
    if (!had) this.focusBefore = document.activeElement;
    this.accept.focus({ preventScroll: true });
  }

  #leave() {
    const hadFocus = this.root.contains(document.activeElement);
    show(this.root, false);
    setText(this.announcement, "");
    this.bell.ring(false);
    if (hadFocus && this.focusBefore?.isConnected) this.focusBefore.focus({ preventScroll: true });
    this.focusBefore = null;
  }

  #confirmShown(state) {
    if (state.connection !== "online") return;
    // Every waiting offer is on screen: the first in full, the others as the count beside it.
    for (const offer of state.offers) {
      if (!this.confirmed.has(offer.id) && this.confirm(offer)) this.confirmed.add(offer.id);
    }
  }

  #askReason(isAsked) {
    show(this.form, isAsked);
    this.decline.setAttribute("aria-expanded", String(isAsked));
    if (isAsked) this.form.elements.reason.focus();
    else this.form.reset();
  }

  #tick() {
    if (!this.offer) return;
    const left = this.clock.until(this.offer.expires_at);
    const whole = Date.parse(this.offer.expires_at) - Date.parse(this.offer.offered_at);
    setText(part("banner-countdown", this.root), countdown(left));
    this.root.classList.toggle("is-hurried", left < HURRY);
    part("banner-bar", this.root).style.setProperty("--left", String(Math.min(1, left / Math.max(1, whole))));
    this.store.dispatch({ type: "offers_expired", before: this.clock.now() - OVERDUE });
  }
}
