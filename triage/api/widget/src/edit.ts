// Changes to the person's text, made as if they had typed it: they can be undone, and React hears of them.
import type { TextField } from "./fields.ts";

/** Puts a text in place of the units from `start` to `end`; the cursor goes to `cursor`, or behind what was put. */
export function replace(field: TextField, start: number, end: number, text: string, cursor?: number): void {
  field.focus();
  field.setSelectionRange(start, end);
  const before = field.value;
  // Deprecated, and still the one way that keeps the browser's undo.
  const isTyped = document.execCommand?.("insertText", false, text) ?? false;
  if (!isTyped || field.value === before) {
    field.setRangeText(text, start, end, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  if (cursor !== undefined) field.setSelectionRange(cursor, cursor);
}

/** Inserts a skeleton on lines of its own where the cursor is; the cursor goes to its `|`. */
export function insertSkeleton(field: TextField, skeleton: string): void {
  const at = field.selectionEnd ?? field.value.length;
  const before = field.value.slice(0, at);
  const after = field.value.slice(at);
  const lead = !before || before.endsWith("\n") ? "" : "\n";
  const trail = after && !after.startsWith("\n") ? "\n" : "";
  const gap = skeleton.indexOf("|");
  replace(field, at, at, lead + skeleton.replace("|", "") + trail, at + lead.length + gap);
}
