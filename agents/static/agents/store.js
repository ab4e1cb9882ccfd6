/** Holds the one state of a page; views are told once per turn, however many frames came in it. */
export function createStore(reduce, state) {
  const views = new Set();
  let isTelling = false;
  let told = state;

  function tell() {
    isTelling = false;
    const before = told;
    told = state;
    for (const view of views) view(state, before);
  }

  return {
    get state() {
      return state;
    },
    dispatch(action) {
      const next = reduce(state, action);
      if (next === state) return;
      state = next;
      if (isTelling) return;
      isTelling = true;
      // A microtask, not an animation frame: those stand still in a hidden tab, and the banner must not.
      queueMicrotask(tell);
    },
    /** Calls the view now and after each change. */
    subscribe(view) {
      views.add(view);
      view(state, state);
    },
  };
}
