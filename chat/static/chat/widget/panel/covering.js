// On a phone the panel covers the page: the page must not scroll behind it, the on-screen keyboard must not hide the
// box, and the focus stays inside.

const PHONE = "(max-width: 480px)";
const FOCUSABLE = "button:not([disabled]), textarea:not([disabled]), input, select, a[href], [tabindex='0']";

export function createCovering({ panel, launcher }) {
  const phone = matchMedia(PHONE);
  let isOpen = false;
  let overflow = null;

  function apply() {
    const isCovering = isOpen && phone.matches;
    panel.toggleAttribute("aria-modal", false);
    if (isCovering) panel.setAttribute("aria-modal", "true");
    launcher.inert = isCovering;
    lock(isCovering);
    fit();
  }

  // Only `overflow` is touched, so the page's place stays where it was, and what the page had set comes back exactly.
  function lock(isLocked) {
    const { style } = document.documentElement;
    if (isLocked && overflow === null) {
      overflow = [style.getPropertyValue("overflow"), style.getPropertyPriority("overflow")];
      style.setProperty("overflow", "hidden", "important");
    } else if (!isLocked && overflow !== null) {
      if (overflow[0]) style.setProperty("overflow", ...overflow);
      else style.removeProperty("overflow");
      if (!style.length && document.documentElement.getAttribute("style") === "") document.documentElement.removeAttribute("style");
      overflow = null;
    }
  }

  // iOS lays the keyboard over the page without changing its height; only the visual viewport knows.
  function fit() {
    const seen = window.visualViewport;
    const isCovering = isOpen && phone.matches && seen;
    panel.style.setProperty("--seen-height", isCovering ? `${seen.height}px` : "");
    panel.style.setProperty("--seen-top", isCovering ? `${seen.offsetTop}px` : "");
  }

  function keepFocus(event) {
    if (event.key !== "Tab" || !isOpen || !phone.matches) return;
    const stops = [...panel.querySelectorAll(FOCUSABLE)].filter((node) => node.getClientRects().length);
    const [first, last] = [stops[0], stops.at(-1)];
    const leaving = event.shiftKey ? [first, panel] : [last];
    if (!leaving.includes(panel.getRootNode().activeElement)) return;
    event.preventDefault();
    (event.shiftKey ? last : first).focus();
  }

  phone.addEventListener("change", apply);
  window.visualViewport?.addEventListener("resize", fit);
  window.visualViewport?.addEventListener("scroll", fit);
  panel.addEventListener("keydown", keepFocus);

  return {
    isPhone: () => phone.matches,
    /** `open`: there, and not inside the page itself. */
    set(open) {
      isOpen = open;
      apply();
    },
    stop() {
      isOpen = false;
      apply();
      phone.removeEventListener("change", apply);
      window.visualViewport?.removeEventListener("resize", fit);
      window.visualViewport?.removeEventListener("scroll", fit);
    },
  };
}
