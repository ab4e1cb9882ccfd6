// The panel's look. Logical properties throughout, so that right-to-left needs nothing more.

export const PANEL_STYLES = `
:host {
  --surface: #fff;
  --raised: #fff;
  --sunken: #f1f3f8;
  --line: #e3e7ef;
  --field-line: #868fa3;
  --text: #131a2b;
  --muted: #5a6478;
  --danger: #b3122c;
  --danger-soft: #fdeef0;
  --notice-soft: #fff6e0;
  --notice-text: #694700;
  --shadow: 0 0 0 1px rgb(16 24 48 / .05), 0 8px 24px rgb(16 24 48 / .12), 0 24px 64px rgb(16 24 48 / .16);
}
@media (prefers-color-scheme: dark) {
  :host {
    --surface: #151a26;
    --raised: #1c2231;
    --sunken: #232a3b;
    --line: #2d3548;
    --field-line: #77829b;
    --text: #eef1f8;
    --muted: #a3adc2;
    --danger: #ff98a6;
    --danger-soft: #3a1e27;
    --notice-soft: #372c12;
    --notice-text: #ffdc8a;
    --shadow: 0 0 0 1px rgb(255 255 255 / .08), 0 8px 24px rgb(0 0 0 / .4), 0 24px 64px rgb(0 0 0 / .5);
  }
}
.unseen {
  position: absolute; inline-size: 1px; block-size: 1px; margin: -1px; overflow: hidden;
  clip-path: inset(50%); white-space: nowrap;
}
.panel * { letter-spacing: normal; }
.panel {
  position: fixed;
  z-index: 2147483001;
  inset-block-end: calc(max(var(--bottom), env(safe-area-inset-bottom)) + 76px);
  inset-inline: var(--inline-start) var(--inline-end);
  inline-size: min(392px, 100vw - 40px);
  block-size: min(680px, 100vh - var(--bottom) - 104px);
  block-size: min(680px, 100dvh - var(--bottom) - 104px);
  display: flex;
  flex-direction: column;
  overflow: hidden;
  border-radius: 20px;
  background: var(--surface);
  color: var(--text);
  box-shadow: var(--shadow);
  outline: none;
  text-align: start;
  animation: rise .24s cubic-bezier(.2, .9, .3, 1);
  transform-origin: 100% 100%;
}
[dir="rtl"] > .panel { transform-origin: 0 100%; }
/* It reads in its language's direction, and stays on the page's side beside the button. */
.panel:is(:where([dir="rtl"] > [dir="ltr"]), :where([dir="ltr"] > [dir="rtl"])) { inset-inline: var(--inline-end) var(--inline-start); }
@keyframes rise { from { opacity: 0; transform: translateY(14px) scale(.97); } }
.panel :is(h2, p) { margin: 0; }
.panel:lang(ja) { word-break: auto-phrase; }
.panel:lang(ko) { word-break: keep-all; }
/* Each sentence runs in its own language's direction, whatever the page's is; dir="auto" would turn the box over too. */
.panel :is(p, label, button, time, textarea, input, .notice, .idle, .day span, .meta span, .banner span) { unicode-bidi: plaintext; }
.panel :is(textarea, input)::placeholder { unicode-bidi: plaintext; }
/* Yet it begins at the panel's side, beside the face or the mark that it belongs to. */
.panel :is(.header h2, .subtitle, .standing p) { text-align: -webkit-match-parent; text-align: match-parent; }
.panel :is(button, input, select, textarea) { font: inherit; color: inherit; margin: 0; }
.panel button:disabled { cursor: default; }
.panel :focus-visible { outline: 2px solid var(--ring); outline-offset: 2px; }
.icon {
  inline-size: 20px; block-size: 20px; flex: none; fill: none; stroke: currentColor; stroke-width: 2;
  stroke-linecap: round; stroke-linejoin: round;
}
.icon.dots { stroke-width: 3; }

.header {
  position: relative;
  z-index: 2;
  display: flex;
  align-items: center;
  gap: 12px;
  padding: 14px 10px 14px 18px;
  padding-inline: 18px 10px;
  background: var(--surface);
  border-block-end: 1px solid var(--line);
}
.titles { flex: 1; min-inline-size: 0; }
.header h2 { font-size: 16px; line-height: 1.3; font-weight: 650; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.subtitle { font-size: 13px; line-height: 1.35; color: var(--muted); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.tool {
  inline-size: 44px; block-size: 44px; flex: none; display: grid; place-items: center; padding: 0; border: 0;
  border-radius: 12px; background: none; color: var(--muted);
}
.panel .tool { color: var(--muted); }
.tool:hover, .tool[aria-expanded="true"] { background: var(--sunken); }
.tool + .tool { margin-inline-start: -10px; }
.avatar {
  display: grid; place-items: center; inline-size: 28px; block-size: 28px; border-radius: 50%; overflow: hidden;
  background: var(--accent-soft); color: var(--accent-text); font-size: 11px; font-weight: 650; line-height: 1; user-select: none;
}
.avatar .icon { inline-size: 17px; block-size: 17px; }
.avatar canvas { inline-size: 100%; block-size: 100%; animation: fade .2s; }
.header-face .avatar { inline-size: 42px; block-size: 42px; font-size: 15px; }
.header-face .avatar .icon { inline-size: 24px; block-size: 24px; }
@keyframes fade { from { opacity: 0; } }
.banner {
  display: flex; align-items: center; justify-content: center; gap: 8px; padding: 7px 16px; font-size: 13px; line-height: 1.4;
  background: var(--sunken); color: var(--muted); text-align: center;
}
.link {
  padding: 4px 2px; border: 0; background: none; font-weight: 600; text-decoration: underline; text-underline-offset: 2px;
}
.panel .link { color: var(--accent-text); }

.log-frame { position: relative; flex: 1; min-block-size: 0; display: flex; }
.log {
  flex: 1; overflow-y: auto; overscroll-behavior: contain; padding: 18px 16px 14px; display: flex; flex-direction: column;
  scrollbar-width: thin; scrollbar-color: var(--line) transparent;
}
.panel .log:focus-visible { outline-offset: -3px; border-radius: 6px; }
.rows { display: flex; flex-direction: column; }
.row { display: flex; gap: 8px; margin-block-start: 3px; animation: say .22s cubic-bezier(.2, .8, .3, 1); }
.row.first { margin-block-start: 14px; }
.row.last + .row:not(.first) { margin-block-start: 8px; }
.row.settled { animation: none; }
@keyframes say { from { opacity: 0; transform: translateY(8px); } }
.face { inline-size: 28px; flex: none; padding-block-start: 5px; }
.said { display: flex; flex-direction: column; align-items: flex-start; min-inline-size: 0; max-inline-size: 82%; }
.own { justify-content: flex-end; }
.own .said { align-items: flex-end; }
.bubble {
  position: relative; padding: 9px 14px; border-radius: 18px; background: var(--sunken); font-size: 15px; line-height: 1.45;
  white-space: pre-wrap; overflow-wrap: anywhere; text-align: start;
}
.theirs .bubble { border-start-start-radius: 6px; border-end-start-radius: 6px; }
.theirs.first .bubble { border-start-start-radius: 18px; }
.own .bubble { background: var(--accent); color: var(--on-accent); border-start-end-radius: 6px; border-end-end-radius: 6px; }
.own.first .bubble { border-start-end-radius: 18px; }
.own.held .bubble { background: var(--accent-soft); color: var(--accent-text); }
.own.failed .bubble { background: var(--danger-soft); color: var(--text); box-shadow: inset 0 0 0 1px var(--danger); opacity: 1; }
.bubble a { color: inherit; text-decoration: underline; text-underline-offset: 2px; }
.theirs .bubble a { color: var(--accent-text); }
.rich .bubble { white-space: normal; }
.rich .bubble > * + * { margin-block-start: 8px; }
.rich :is(ul, ol) { margin: 0; padding-inline-start: 20px; }
.meta {
  display: flex; flex-wrap: wrap; align-items: center; gap: 2px 6px; margin: 4px 4px 0; font-size: 12px; line-height: 1.4; color: var(--muted);
}
.meta .name { font-weight: 600; }
.receipt { display: inline-flex; align-items: center; gap: 3px; }
.receipt::before { content: "·"; margin-inline-end: 3px; }
.receipt .icon { inline-size: 14px; block-size: 14px; }
.receipt.read { color: var(--accent-text); }
.failure { justify-content: flex-end; gap: 2px 12px; }
.failure > span { display: inline-flex; align-items: center; gap: 4px; color: var(--danger); }
.failure .icon { inline-size: 14px; block-size: 14px; }
.failure .link { min-block-size: 32px; }
.day, .notice { margin-block: 16px 4px; text-align: center; font-size: 12.5px; line-height: 1.4; color: var(--muted); }
.day:first-child { margin-block-start: 0; }
.day span { padding: 3px 10px; border-radius: 10px; background: var(--sunken); font-weight: 600; font-size: 12px; }
.notice { padding-inline: 24px; }
.jump {
  position: absolute; inset-block-end: 10px; inset-inline: 0; margin-inline: auto; inline-size: max-content; min-block-size: 36px; padding: 6px 14px 6px 10px;
  display: flex; align-items: center; gap: 4px; border: 0; border-radius: 18px; font-weight: 600; box-shadow: var(--shadow); animation: say .2s;
}
.panel .jump { background: var(--accent); color: var(--on-accent); font-size: 13px; margin-inline: auto; }
.jump .icon { inline-size: 16px; block-size: 16px; }

.typing { margin-block-start: 14px; padding-inline-start: 36px; }
.wave { display: inline-flex; gap: 4px; padding: 13px 14px; border-radius: 18px; background: var(--sunken); }
.wave i { inline-size: 7px; block-size: 7px; border-radius: 50%; background: var(--muted); animation: dot 1.2s infinite; }
.wave i:nth-child(2) { animation-delay: .15s; }
.wave i:nth-child(3) { animation-delay: .3s; }
@keyframes dot { 0%, 60%, 100% { opacity: .35; } 30% { opacity: 1; transform: translateY(-3px); } }
.ask { padding-inline-start: 36px; }
.ask:not(:empty) { margin-block-start: 12px; }
.choices { display: flex; flex-wrap: wrap; justify-content: flex-end; gap: 8px; animation: say .25s; }
.choice {
  min-block-size: 44px; max-inline-size: 100%; padding: 9px 16px; border: 1.5px solid var(--accent-text); border-radius: 22px; background: var(--surface); font-weight: 600;
  line-height: 1.35; text-align: center; overflow-wrap: anywhere; transition: background-color .12s;
}
.panel .choice { color: var(--accent-text); font-size: 15px; font-weight: 600; }
.choice:hover { background: var(--accent-soft); }
.field { display: flex; flex-direction: column; gap: 8px; padding: 14px; border: 1px solid var(--line); border-radius: 16px; background: var(--raised); box-shadow: 0 2px 10px rgb(16 24 48 / .05); animation: say .25s; }
.field label { font-size: 13px; font-weight: 600; }
.panel .field :is(input, select) {
  inline-size: 100%; min-block-size: 46px; padding: 10px 12px; border: 1px solid var(--field-line); border-radius: 10px; background: var(--surface); font-size: 16px; line-height: 1.4;
}
.panel .field :is(input, select)[aria-invalid="true"] { border-color: var(--danger); }
.panel .field :is(input, select):focus { outline: 2px solid var(--ring); outline-offset: -1px; }
.panel .reason { font-size: 13px; line-height: 1.4; color: var(--danger); }
.buttons { display: flex; flex-wrap: wrap; justify-content: flex-end; gap: 8px; }
.solid, .quiet { min-block-size: 44px; padding: 8px 18px; border: 0; border-radius: 12px; }
.panel :is(.solid, .quiet) { font-weight: 600; font-size: 14px; }
.panel .solid { background: var(--accent); color: var(--on-accent); }
.solid:hover { background: var(--accent-strong); }
.quiet { background: var(--sunken); }
.quiet:hover { background: var(--line); }

.standing { display: flex; align-items: center; gap: 10px 12px; margin: 0 12px 8px; padding: 10px 12px; border-radius: 14px; font-size: 14px; line-height: 1.4; animation: say .22s; }
.alarm:not(:empty) { margin: 0 12px 8px; padding: 10px 12px; border-radius: 14px; font-size: 14px; line-height: 1.4; background: var(--danger-soft); color: var(--danger); }
.over { flex-direction: column; margin: 0; padding: 16px 18px max(18px, env(safe-area-inset-bottom)); border-radius: 0; border-block-start: 1px solid var(--line); text-align: center; color: var(--muted); }
.over .solid { padding-inline: 24px; }

.composer { padding: 0 12px max(12px, env(safe-area-inset-bottom)); }
.composer .reason { padding: 0 6px 6px; }
.box {
  display: flex; align-items: flex-end; gap: 4px; padding: 4px; border: 1px solid var(--field-line); border-radius: 26px; background: var(--surface); transition: border-color .12s, box-shadow .12s;
}
.box:focus-within { border-color: var(--ring); box-shadow: 0 0 0 1px var(--ring); }
.box:has(textarea:disabled) { background: var(--sunken); border-color: var(--line); }
.panel textarea {
  flex: 1; min-inline-size: 0; resize: none; border: 0; background: none; padding: 10px 4px 10px 14px; padding-inline: 14px 4px; font-size: 16px; line-height: 24px; block-size: 44px;
  max-block-size: 140px; outline: none; text-align: start; scrollbar-width: thin;
}
.panel textarea:focus-visible { outline: none; }
.panel textarea::placeholder { color: var(--muted); opacity: 1; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.send { inline-size: 44px; block-size: 44px; flex: none; display: grid; place-items: center; padding: 0; border: 0; border-radius: 50%; transition: background-color .12s; }
.panel .send { background: var(--accent); color: var(--on-accent); }
.send:hover { background: var(--accent-strong); }
.panel .send:disabled { background: none; color: var(--muted); }
.count { padding: 4px 8px 0; font-size: 12px; color: var(--muted); text-align: end; }

.foot { padding: 0 16px max(10px, env(safe-area-inset-bottom)); font-size: 12px; text-align: center; }
.foot a { color: var(--muted); }

@media (max-width: 480px) {
  .panel {
    inset: 0; inset-block-start: var(--seen-top, 0); inset-block-end: auto; inline-size: 100%; border-radius: 0; box-shadow: none;
    block-size: 100vh; block-size: var(--seen-height, 100dvh); animation-name: slide;
  }
  .header { padding-block-start: max(14px, env(safe-area-inset-top)); }
}
@keyframes slide { from { transform: translateY(24px); opacity: 0; } }
@media (max-height: 420px) {
  .panel { inset-block: 8px; block-size: auto; }
}
@media (forced-colors: active) {
  .panel, .bubble, .standing, .jump { border: 1px solid CanvasText; }
  .panel .send:disabled { color: GrayText; }
  .wave i { background: CanvasText; }
}
@media (prefers-reduced-motion: reduce) {
  .panel, .panel * { animation-duration: .001s !important; animation-iteration-count: 1 !important; transition: none !important; }
  .wave i { opacity: .7; }
}
`;
