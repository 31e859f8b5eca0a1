// The form that the person fills in: its two texts, its other fields, and the names of what is attached.
import { whole } from "./offsets.ts";

export type TextField = HTMLInputElement | HTMLTextAreaElement;

export interface Ticket {
  title: string;
  body: string;
  fields: Record<string, string>;
  attachments: string[];
}

// Never read: what a person would not expect to leave the page before they send it.
const UNREAD_TYPES = ["password", "hidden", "submit", "button", "reset", "image"];
const UNREAD_AUTOCOMPLETE = /^(cc-|one-time-code|current-password|new-password)/;

/**
 * The fields that are named, by id or by a CSS selector without blanks: the last is the description, the first of two the
 * subject; null where one is not there.
 */
export function boundFields(names: string, root: Document | ShadowRoot): { title: TextField | null; body: TextField | null } {
  const named = names.split(/\s+/).filter(Boolean);
  const found = named.map((name) => textField(root.getElementById(name) ?? selected(name, root)));
  return { title: named.length > 1 ? (found[0] ?? null) : null, body: found.at(-1) ?? null };
}

/** What the form says now, and the control behind each of the ticket's names (`title`, `body`, `fields.platform`). */
export function readTicket(
  title: TextField | null,
  body: TextField | null,
): { ticket: Ticket; controls: Map<string, TextField> } {
  const controls = new Map<string, TextField>();
  if (title) controls.set("title", title);
  if (body) controls.set("body", body);
  const fields: [string, string][] = [];
  const attachments: string[] = [];
  const form = body?.form ?? title?.form ?? null;
  for (const control of form ? [...form.elements] : []) {
    if (control === title || control === body || !isRead(control)) continue;
    if (control instanceof HTMLInputElement && control.type === "file") {
      attachments.push(...[...(control.files ?? [])].map((file) => whole(file.name)));
      continue;
    }
    const name = control.dataset["triage"] || control.name;
    const value = whole(valueOf(control)).trim();
    if (!name || !value) continue;
    fields.push([name, value]);
    const field = textField(control);
    // A value that is trimmed has other offsets than the field; then nothing in it can be masked.
    if (field && field.value === value) controls.set(`fields.${name}`, field);
  }
  const ticket = {
    title: whole(title?.value ?? ""),
    body: whole(body?.value ?? ""),
    fields: Object.fromEntries(fields),
    attachments,
  };
  return { ticket, controls };
}

/** The text of a field as the service names it: `title`, `body`, `fields.platform`; empty for all others. */
export function textIn(ticket: Ticket | null, field: string): string {
  if (field === "title" || field === "body") return ticket?.[field] ?? "";
  return field.startsWith("fields.") ? (ticket?.fields[field.slice("fields.".length)] ?? "") : "";
}

function selected(selector: string, root: Document | ShadowRoot): Element | null {
  try {
    return root.querySelector(selector);
  } catch {
    console.warn(`triage-form-hints: for="${selector}" is neither an id nor a selector`);
    return null;
  }
}

function textField(element: unknown): TextField | null {
  return element instanceof HTMLTextAreaElement || element instanceof HTMLInputElement ? element : null;
}

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

function isRead(element: Element): element is Control {
  const isControl =
    element instanceof HTMLInputElement ||
    element instanceof HTMLTextAreaElement ||
    element instanceof HTMLSelectElement;
  if (!isControl || element.disabled || element.dataset["triage"] === "off") return false;
  return !UNREAD_TYPES.includes(element.type) && !UNREAD_AUTOCOMPLETE.test(element.autocomplete);
}

function valueOf(control: Control): string {
  if (control instanceof HTMLSelectElement) {
    // What is read by an engineer is the words, not the number behind them.
    return [...control.selectedOptions].filter((option) => option.value).map((option) => option.text).join(", ");
  }
  if (control.type === "checkbox" || control.type === "radio") {
    return (control as HTMLInputElement).checked ? (control.value === "on" ? "yes" : control.value) : "";
  }
  return control.value;
}
