// A worker: a hidden tab's own timers slow down to one a minute, which would make its agent look absent.
setInterval(() => postMessage("pulse"), 1_000);
