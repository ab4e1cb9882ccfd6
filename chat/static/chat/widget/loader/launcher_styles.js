// `!important` on :host is what wins over a page's own `* { display: none !important }`: among important rules the inner
// tree's come first.

export const LAUNCHER_STYLES = `
:host {
  all: initial !important;
  display: block !important;
  position: static !important;
  --accent: #2457d6;
  --accent-strong: #1b45b0;
  --on-accent: #fff;
  --ring: #2457d6;
  font: 400 15px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  color-scheme: light dark;
  -webkit-text-size-adjust: 100%;
}
@media (prefers-color-scheme: dark) {
  :host { --accent: #3d6cf0; --accent-strong: #3160dd; --ring: #8fb0ff; }
}
@media print { :host { display: none !important; } }
*, *::before, *::after { box-sizing: border-box; }
[hidden] { display: none !important; }
.launcher {
  all: unset;
  position: fixed;
  z-index: 2147483000;
  inset-block-end: max(20px, env(safe-area-inset-bottom));
  inset-inline-end: 20px;
  inline-size: 60px;
  block-size: 60px;
  border-radius: 50%;
  background: var(--accent);
  color: var(--on-accent);
  cursor: pointer;
  display: grid;
  place-items: center;
  box-shadow: 0 2px 6px rgb(11 22 54 / .16), 0 10px 28px rgb(11 22 54 / .22);
  transition: transform .18s cubic-bezier(.2, .8, .3, 1.2), background-color .15s;
  -webkit-tap-highlight-color: transparent;
  touch-action: manipulation;
}
.launcher:hover { background: var(--accent-strong); transform: scale(1.05); }
.launcher:active { transform: scale(.96); }
.launcher:focus-visible { outline: 3px solid var(--ring); outline-offset: 3px; }
.launcher svg { grid-area: 1 / 1; inline-size: 28px; block-size: 28px; transition: opacity .16s, transform .22s; }
.launcher .down, .launcher[aria-expanded="true"] .talk { opacity: 0; transform: rotate(-45deg) scale(.6); }
.launcher[aria-expanded="true"] .down { opacity: 1; transform: none; }
.launcher[aria-busy="true"]::after {
  content: "";
  position: absolute;
  inset: -5px;
  border-radius: 50%;
  border: 3px solid transparent;
  border-block-start-color: var(--accent);
  animation: turn .8s linear infinite;
}
@keyframes turn { to { transform: rotate(1turn); } }
.badge {
  position: absolute;
  inset-block-start: -3px;
  inset-inline-end: -3px;
  min-inline-size: 22px;
  block-size: 22px;
  padding-inline: 6px;
  border-radius: 11px;
  background: #c8102e;
  color: #fff;
  font: 600 12px/22px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
  text-align: center;
  box-shadow: 0 0 0 2px #fff;
}
@media (forced-colors: active) {
  .launcher, .badge { border: 2px solid ButtonText; }
}
@media (prefers-reduced-motion: reduce) {
  .launcher, .launcher svg { transition: none; }
  .launcher:hover, .launcher:active { transform: none; }
  .launcher[aria-busy="true"]::after { animation-duration: 4s; }
}
`;
