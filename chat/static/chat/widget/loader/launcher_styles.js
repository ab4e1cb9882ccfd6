// `!important` on :host is what wins over a page's own `* { display: none !important }`: among important rules the inner
// tree's come first. Colours, font and place come from the look that an admin set, in a style sheet of its own.

export const LAUNCHER_STYLES = `
:host {
  all: initial !important;
  display: block !important;
  position: static !important;
  font: 400 15px/1.45 var(--font);
  -webkit-text-size-adjust: 100%;
}
@media print { :host { display: none !important; } }
*, *::before, *::after { box-sizing: border-box; }
[hidden] { display: none !important; }
button { all: unset; box-sizing: border-box; cursor: pointer; -webkit-tap-highlight-color: transparent; touch-action: manipulation; }
button:focus-visible { outline: 3px solid var(--ring); outline-offset: 3px; }
.launcher {
  position: fixed;
  z-index: 2147483000;
  inset-block-end: max(var(--bottom), env(safe-area-inset-bottom));
  inset-inline: var(--inline-start) var(--inline-end);
  inline-size: 60px;
  block-size: 60px;
  border-radius: 50%;
  background: var(--accent);
  color: var(--on-accent);
  display: grid;
  place-items: center;
  box-shadow: 0 0 0 1.5px var(--edge), 0 2px 6px rgb(11 22 54 / .16), 0 10px 28px rgb(11 22 54 / .22);
  transition: transform .18s cubic-bezier(.2, .8, .3, 1.2), background-color .15s;
}
.launcher:hover { background: var(--accent-strong); transform: scale(1.05); }
.launcher:active { transform: scale(.96); }
.launcher svg { grid-area: 1 / 1; inline-size: 28px; block-size: 28px; transition: opacity .16s, transform .22s; }
.launcher .down, .launcher[aria-expanded="true"] .talk { opacity: 0; transform: rotate(-45deg) scale(.6); }
.launcher[aria-expanded="true"] .down { opacity: 1; transform: none; }
.launcher[aria-busy="true"] svg { opacity: .4; }
.unread {
  position: absolute;
  inset-block-start: -3px;
  inset-inline-end: -3px;
  min-inline-size: 22px;
  block-size: 22px;
  padding-inline: 6px;
  border-radius: 11px;
  background: #c8102e;
  color: #fff;
  font: 600 12px/22px var(--font);
  text-align: center;
  box-shadow: 0 0 0 2px #fff;
}
.poke {
  position: fixed;
  z-index: 2147483000;
  inset-block-end: max(var(--bottom), env(safe-area-inset-bottom));
  inset-inline: var(--inline-start) var(--inline-end);
  margin-inline: 72px;
  max-inline-size: min(280px, 100vw - 108px);
  min-block-size: 60px;
  padding-inline-start: 16px;
  display: flex;
  border-radius: 18px;
  background: Canvas;
  color: CanvasText;
  box-shadow: 0 2px 6px rgb(11 22 54 / .16), 0 10px 28px rgb(11 22 54 / .22);
}
.poke-words {
  flex: 1; align-self: center; padding-block: 10px; max-block-size: 40vh; overflow: hidden; overflow-wrap: anywhere; white-space: pre-line;
}
.poke-dismiss { inline-size: 44px; min-block-size: 44px; display: grid; place-items: center; opacity: .75; }
.poke-dismiss svg { inline-size: 16px; }
@media (forced-colors: active) {
  .launcher, .unread, .poke { border: 2px solid ButtonText; }
}
@media (prefers-reduced-motion: reduce) {
  .launcher, .launcher svg { transition: none; }
  .launcher:hover, .launcher:active { transform: none; }
}
`;
