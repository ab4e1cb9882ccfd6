/** Puts the flow that the page is about into its place, whichever of the two scripts comes first. */
export function startFlow(place, scope) {
  scope.Switchboard ??= { q: [] };
  const call = (...given) => scope.Switchboard.q.push(given);
  const begin = () => call("flow", place.dataset.flow, { inside: `#${place.id}` });
  if (!("asksConsent" in place.dataset)) return begin();
  // Nothing is kept or sent before; whoever starts the chat agrees to it.
  return place.querySelector('[data-part="start"]').addEventListener("click", (event) => {
    event.target.closest('[data-part="consent"]').remove();
    call("consent", true);
    begin();
  });
}

if (globalThis.document) startFlow(document.getElementById("flow"), globalThis);
