// What starts conversational flows on this page: a click on an element, the page itself, or an element in sight (DG-20).

// A click from before this was here still counts: the network was slow, not the visitor.
const RECENT_MS = 20_000;

export function createFlowStarts({ page, scope, life, sessions, isPhone, clicked, start }) {
  let flows = [];
  let seen = null;

  const find = (selector, from = page) => {
    try {
      return from === page ? page.querySelector(selector) : from.closest(selector);
    } catch {
      // No selector that this browser knows.
      return null;
    }
  };

  // Other tabs and windows may be asked for with the same click, and that isn't ours.
  function click(event) {
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || !event.target.closest) return;
    const flow = flows.find(({ start_on: on, selector }) => on === "click" && find(selector, event.target));
    if (!flow) return;
    event.preventDefault();
    start(flow);
  }

  // Closed once, a flow doesn't come back by itself in this session, and none covers a phone by itself.
  function begin(flow) {
    if (flow.start_on !== "load" || sessions.has("closed", flow.slug)) return;
    const place = flow.look === "inline" && find(flow.selector);
    if (place) seen.observe(place);
    else if (flow.look !== "inline" && !isPhone()) start(flow, { focus: false });
  }

  function set(now) {
    flows = now;
    if (clicked && clicked.timeStamp > scope.performance.now() - RECENT_MS) click(clicked);
    clicked = null;
    seen?.disconnect();
    seen = new scope.IntersectionObserver((entries) => {
      const { target } = entries.find(({ isIntersecting }) => isIntersecting) || {};
      if (!target) return;
      seen.disconnect();
      start(flows.find(({ look, selector }) => look === "inline" && target.matches(selector)), { focus: false });
    });
    flows.forEach(begin);
  }

  life.listen(page, "click", click, { capture: true });
  return { set, stop: () => seen?.disconnect() };
}
