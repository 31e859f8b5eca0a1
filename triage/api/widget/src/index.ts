// Defines the element once, however often a page loads the script.
import { TriageFormHints } from "./element.ts";

if (!customElements.get("triage-form-hints")) customElements.define("triage-form-hints", TriageFormHints);
