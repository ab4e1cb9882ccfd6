// Telling the visitor's other tabs: opened, closed, a new token, something queued, forgotten (DL-06).

export function createTabs(name, Channel) {
  let channel = null;
  const listeners = new Set();
  try {
    channel = new Channel(name);
    channel.onmessage = (event) => listeners.forEach((listener) => listener(event.data || {}));
  } catch {
    // No BroadcastChannel: each tab still gets everything from the server, only open and closed aren't shared.
  }

  return {
    tell: (message) => channel?.postMessage(message),
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      listeners.clear();
      channel?.close();
    },
  };
}
