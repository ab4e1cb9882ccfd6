// The look of what comes after the first message.

export const MORE_STYLES = `
.menu {
  position: absolute; inset-block-start: calc(100% - 8px); inset-inline-end: 12px; inline-size: 232px; padding: 6px;
  border-radius: 14px; background: var(--raised); box-shadow: var(--shadow); font-size: 14px; animation: fade .12s;
}
.menu :is(button, a) {
  display: block; inline-size: 100%; min-block-size: 44px; padding: 11px 12px; border-radius: 10px; text-align: start; color: inherit; text-decoration: none;
}
.menu :is(button, a):hover { background: var(--sunken); }
.panel .menu .danger { color: var(--danger); font-weight: 600; }
.menu p { padding: 8px 12px; line-height: 1.4; }

.standing { animation: say .22s; }
.waiting { flex-wrap: wrap; background: var(--accent-soft); }
.waiting .grow { flex: 1; min-inline-size: 130px; }
.waiting p { font-weight: 600; }
.waiting .leave { flex: 1 1 100%; }
.waiting .leave p { font-weight: 400; }
.clock { font-size: 12.5px; color: var(--muted); font-variant-numeric: tabular-nums; }
.waiting .quiet { background: var(--surface); padding-inline: 14px; }
.pulse { inline-size: 12px; block-size: 12px; margin-inline: 4px; flex: none; border-radius: 50%; background: var(--accent); animation: pulse 1.8s infinite; }
@keyframes pulse { 0% { box-shadow: 0 0 0 0 var(--accent); } 70%, 100% { box-shadow: 0 0 0 11px transparent; } }
.idle { background: var(--notice-soft); color: var(--notice-text); font-variant-numeric: tabular-nums; }

.attached .bubble { max-inline-size: 100%; }
.attachment { display: block; margin-block-start: 4px; }
.panel .file {
  display: flex; align-items: center; gap: 10px; min-block-size: 44px; max-inline-size: 100%; text-align: start; color: inherit;
}
.theirs .file { color: var(--text); }
.file span { min-inline-size: 0; overflow-wrap: anywhere; }
.file b { display: block; font-weight: 600; text-decoration: underline; text-underline-offset: 2px; }
.file small { font-size: 12.5px; }
.picture { display: block; max-inline-size: 100%; block-size: auto; max-block-size: 320px; margin-block-end: 6px; border-radius: 10px; object-fit: contain; }
.panel .attach { color: var(--muted); border-radius: 50%; }
.uploads { list-style: none; margin: 0; padding: 0; }
.upload { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 10px; padding: 6px 8px; font-size: 13px; }
.upload b { flex: 1; min-inline-size: 90px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-weight: 600; }
.upload progress { inline-size: 90px; accent-color: var(--accent); }
.upload .link { min-block-size: 32px; }
.upload-reason { flex: 1 1 100%; color: var(--danger); order: 1; }
.upload-reason:empty { display: none; }
.dropping::after {
  content: ""; position: absolute; inset: 8px; z-index: 4; border: 3px dashed var(--ring); border-radius: 14px; background: var(--accent-soft); opacity: .8; pointer-events: none;
}

.viewer { position: absolute; inset: 0; z-index: 5; display: flex; flex-direction: column; background: var(--sunken); animation: fade .15s; }
.viewer-head { display: flex; align-items: center; gap: 8px; padding-block: 8px; padding-inline: 16px 8px; background: var(--surface); border-block-end: 1px solid var(--line); }
.viewer-head b { flex: 1; min-inline-size: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.viewer-count { font-size: 12.5px; color: var(--muted); white-space: nowrap; }
.viewer-pages { flex: 1; overflow-y: auto; overscroll-behavior: contain; padding: 12px; display: flex; flex-direction: column; gap: 12px; }
.viewer-page {
  flex: none; display: flex; flex-direction: column; align-items: center; justify-content: center; gap: 6px; aspect-ratio: 1 / 1.414; background: #fff; color: #333; border-radius: 4px;
  box-shadow: 0 1px 4px rgb(0 0 0 / .2);
}
.viewer-page.drawn { aspect-ratio: auto; }
.viewer-page canvas { inline-size: 100%; block-size: auto; border-radius: 4px; }

.shade { position: fixed; inset: 0; z-index: 2147483000; background: rgb(8 12 24 / .5); animation: fade .2s; }
.panel[data-look="popup"] { inset: 0; margin: auto; inline-size: min(520px, calc(100vw - 32px)); block-size: min(640px, calc(100dvh - 32px)); }
.inside { block-size: 100%; }
.panel[data-look="inline"] {
  position: relative; z-index: auto; inset: auto; inline-size: 100%; block-size: 100%; min-block-size: 420px; max-block-size: max(420px, 80dvh);
  border: 1px solid var(--line); box-shadow: none; animation: none;
}
.panel[data-look="inline"] :is(.header, .composer) { border-radius: inherit; }
@media (max-width: 480px) {
  .panel[data-look="popup"] { inset: 0; inline-size: 100%; block-size: 100dvh; margin: 0; }
}
@media (forced-colors: active) {
  .menu, .viewer-page, .file { border: 1px solid CanvasText; }
  .pulse { background: CanvasText; }
}
`;
