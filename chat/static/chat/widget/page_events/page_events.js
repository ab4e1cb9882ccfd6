// What happens on a page that starts something: brought in where a dialogue waits for events, or a page has flows.
import { createFlowStarts } from "./flow_starts.js";
import { createTriggers } from "./triggers.js";

export function createPageEvents(context) {
  const triggers = createTriggers(context);
  const flows = createFlowStarts(context);
  return { watch: triggers.watch, setFlows: flows.set, stop: flows.stop };
}
