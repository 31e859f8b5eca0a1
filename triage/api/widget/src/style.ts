// Quiet by default; a page changes it by custom properties and by ::part().
export const STYLE = `
:host {
  display: block;
  --text: var(--triage-text, #24292f);
  --muted: var(--triage-muted, #57606a);
  --border: var(--triage-border, #d0d7de);
  --background: var(--triage-background, #f6f8fa);
  --accent: var(--triage-accent, #0a58ca);
  --good: var(--triage-good, #1a7f37);
  --warn: var(--triage-warn, #8a5300);
  --mark: var(--triage-mark, #fff3bf);
  color: var(--text);
  font-size: var(--triage-font-size, 0.9375em);
  line-height: 1.55;
}
@supports (color: light-dark(#000, #fff)) {
  :host {
    --text: var(--triage-text, light-dark(#24292f, #e6edf3));
    --muted: var(--triage-muted, light-dark(#57606a, #9da7b3));
    --border: var(--triage-border, light-dark(#d0d7de, #3d444d));
    --background: var(--triage-background, light-dark(#f6f8fa, #161b22));
    --accent: var(--triage-accent, light-dark(#0a58ca, #79b8ff));
    --good: var(--triage-good, light-dark(#1a7f37, #56d364));
    --warn: var(--triage-warn, light-dark(#8a5300, #e3b341));
    --mark: var(--triage-mark, light-dark(#fff3bf, #4d3f00));
  }
}
:host([hidden]), [hidden] { display: none !important; }
section {
  border: 1px solid var(--border);
  border-radius: var(--triage-radius, 8px);
  background: var(--background);
  padding: 0.75em 1em;
}
section > :not([hidden]) ~ :not([hidden]) { margin-block-start: 0.75em; }
h3 { margin: 0; font: inherit; font-weight: 600; }
ul, ol { margin: 0; padding: 0; list-style: none; }
.head { display: flex; align-items: center; gap: 0.75em; }
.meter { flex: 1; height: 6px; border-radius: 3px; background: var(--border); overflow: hidden; }
.bar { height: 100%; width: 0; border-radius: 3px; background: var(--accent); transition: width 0.3s; }
.ready .bar { background: var(--good); }
.score { color: var(--muted); font-variant-numeric: tabular-nums; min-width: 2.2em; text-align: end; }
.status { color: var(--muted); }
::slotted(*) { overflow-wrap: anywhere; }
.checklist { display: flex; flex-wrap: wrap; gap: 0.25em 1.1em; }
.checklist li { color: var(--muted); }
.checklist .present { color: var(--good); }
.checklist .tick { display: inline-block; width: 1.2em; }
.said { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.item { border-inline-start: 3px solid var(--accent); padding-inline-start: 0.75em; margin-block-start: 0.6em; }
.warning { border-color: var(--warn); }
.actions { display: flex; flex-wrap: wrap; gap: 0.25em 0.5em; margin-block-start: 0.35em; }
button {
  font: inherit;
  min-height: 2em;
  min-width: 2em;
  padding: 0.1em 0.7em;
  color: var(--accent);
  background: transparent;
  border: 1px solid var(--border);
  border-radius: 6px;
  cursor: pointer;
}
button:hover { border-color: currentColor; }
button.quiet { border-color: transparent; color: var(--muted); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.places { margin-block-start: 0.4em; overflow-wrap: anywhere; }
code { font-family: ui-monospace, Consolas, monospace; font-size: 0.92em; }
summary { cursor: pointer; color: var(--muted); }
.text { white-space: pre-wrap; overflow-wrap: anywhere; max-height: 16em; overflow-y: auto; }
mark { background: var(--mark); color: inherit; border-bottom: 2px solid var(--accent); }
mark small { margin-inline-start: 0.25em; }
a { color: var(--accent); }
@media (prefers-reduced-motion: reduce) { .bar { transition: none; } }
@media (forced-colors: active) { .bar { background: Highlight; } }
`;
