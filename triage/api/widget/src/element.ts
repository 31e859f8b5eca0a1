// <triage-form-hints for="subject description" endpoint="https://triage.example.com" form-key="triage_…" lang="auto">
import { type Answer, type Finding, findingBehind } from "./answer.ts";
import { insertSkeleton, replace } from "./edit.ts";
import { boundFields, readTicket, type TextField, textIn, type Ticket } from "./fields.ts";
import { lengthOf, stretch, unitsOf, whole } from "./offsets.ts";
import { type Message, Panel } from "./panel.ts";
import { type Place, Service } from "./service.ts";
import { Summary } from "./summary.ts";
import type { Lang } from "./words.ts";

const DEBOUNCE_MS = 500;
// Less says nothing yet, and nothing leaves the page.
const LEAST_CHARACTERS = 4;
// A site that wants a check on submit waits so long for it; then the form goes as it is.
const SUBMIT_PATIENCE_MS = 1_500;
// Where a script tag loaded us from, which is where the service is unless the page says otherwise. A module does not know.
const SOURCE = (document.currentScript as HTMLScriptElement | null)?.src ?? "";

export class TriageFormHints extends HTMLElement {
  static readonly observedAttributes = ["for", "endpoint", "form-key", "lang", "mode"];

  /** The latest answer and the ticket it is about; null before the first. */
  answer: Answer | null = null;
  #ticket: Ticket | null = null;
  #asked = "";
  #asking: Promise<void> = Promise.resolve();
  #service: Service | null = null;
  #panel: Panel | null = null;
  #summary: Summary | null = null;
  #title: TextField | null = null;
  #body: TextField | null = null;
  #controls = new Map<string, TextField>();
  #described: { control: Element; id: string }[] = [];
  #dismissed = new Set<string>();
  #places: Promise<Place[]> | null = null;
  #timer = 0;
  #isComposing = false;
  #isAway = false;
  #passes = false;
  #isChecking = false;
  #observer: MutationObserver | null = null;
  #listening: AbortController | null = null;

  connectedCallback(): void {
    this.#panel ??= new Panel(this, {
      insert: (skeleton) => this.#body && insertSkeleton(this.#body, skeleton),
      mask: (finding) => this.#mask(finding),
      dismiss: (key) => {
        this.#dismissed.add(key);
        this.#show();
      },
      places: () => this.#logPlaces(),
    });
    this.#service = new Service(this.#endpoint(), this.getAttribute("form-key") ?? "");
    this.#listen();
    this.#bind();
    this.#show();
  }

  disconnectedCallback(): void {
    clearTimeout(this.#timer);
    this.#listening?.abort();
    this.#observer?.disconnect();
    this.#service?.drop();
    this.#describe([]);
    this.#panel?.remove();
    this.#panel = null;
    this.#title = this.#body = null;
    this.#asked = "";
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (!this.#panel || before === after) return;
    if (name === "endpoint" || name === "form-key") {
      this.#service?.drop();
      this.#service = new Service(this.#endpoint(), this.getAttribute("form-key") ?? "");
    }
    this.#asked = "";
    this.#bind();
    this.#show();
    this.#soon(0);
  }

  #endpoint(): string {
    const own = SOURCE ? new URL(".", SOURCE).href : "/";
    return (this.getAttribute("endpoint") ?? own).replace(/\/+$/, "");
  }

  #root(): Document | ShadowRoot {
    return this.getRootNode() as Document | ShadowRoot;
  }

  // On the root and not on the fields: frameworks put new fields in the place of old ones.
  #listen(): void {
    this.#listening = new AbortController();
    const options = { capture: true, signal: this.#listening.signal };
    const root = this.#root();
    root.addEventListener("input", (event) => this.#isOurs(event) && !this.#isTypedByIme(event) && this.#soon(), options);
    root.addEventListener("change", (event) => this.#isOurs(event) && this.#soon(0), options);
    root.addEventListener("focusout", (event) => this.#isOurs(event) && this.#soon(0), options);
    root.addEventListener("compositionstart", (event) => {
      if (!this.#isOurs(event)) return;
      this.#isComposing = true;
      clearTimeout(this.#timer);
    }, options);
    root.addEventListener("compositionend", (event) => {
      if (!this.#isOurs(event)) return;
      this.#isComposing = false;
      this.#soon();
    }, options);
    root.addEventListener("submit", (event) => this.#submitted(event as SubmitEvent), options);
    this.#observer = new MutationObserver(() => this.#bind());
    this.#observer.observe(root, { childList: true, subtree: true });
  }

  #isOurs(event: Event): boolean {
    const target = event.target as Element | null;
    const form = this.#body?.form;
    return !!target && !this.contains(target) && (target === this.#title || target === this.#body || (!!form && form.contains(target)));
  }

  #isTypedByIme(event: Event): boolean {
    return this.#isComposing || (event as InputEvent).isComposing;
  }

  /** Finds the fields, which may come late or be replaced. */
  #bind(): void {
    const { title, body } = boundFields(this.getAttribute("for") ?? "", this.#root());
    if (title === this.#title && body === this.#body) return;
    this.#title = title;
    this.#body = body;
    this.#isComposing = false;
    this.#show();
    this.#soon(0);
  }

  #soon(milliseconds = DEBOUNCE_MS): void {
    clearTimeout(this.#timer);
    if (this.#isComposing || !this.isConnected) return;
    const rest = this.#service?.restMs ?? 0;
    this.#timer = window.setTimeout(() => void this.#ask(), Math.max(milliseconds, rest));
  }

  #ask(): Promise<void> {
    return (this.#asking = this.#askNow() ?? this.#asking);
  }

  /** Null where there is nothing new to ask. */
  #askNow(): Promise<void> | null {
    const { ticket, controls } = readTicket(this.#title, this.#body);
    const service = this.#service;
    if (!service || !this.#body) return null;
    if (lengthOf((ticket.title + ticket.body).trim()) < LEAST_CHARACTERS) {
      service.drop();
      this.answer = null;
      this.#asked = "";
      this.#show();
      return null;
    }
    const asked = JSON.stringify(ticket);
    if (asked === this.#asked) return null;
    this.#asked = asked;
    return this.#hear(service, ticket, controls);
  }

  async #hear(service: Service, ticket: Ticket, controls: Map<string, TextField>): Promise<void> {
    const asked = this.#asked;
    const linted = await service.lint(ticket, this.#lang());
    // A newer question is under way, or the element is gone.
    if (asked !== this.#asked) return;
    this.#isAway = !linted;
    if (linted) {
      this.answer = linted.answer;
      this.#ticket = ticket;
      this.#controls = controls;
      this.#keepToken(linted.token);
      if (linted.answer.ready) this.#summary?.remove();
    } else {
      // Asked again when the service may have come back.
      this.#asked = "";
      this.#soon(service.restMs);
    }
    this.#show();
    const detail = linted && { ready: linted.answer.ready, score: linted.answer.score, questions: linted.answer.questions };
    this.dispatchEvent(new CustomEvent("triage-answer", { detail, bubbles: true, composed: true }));
  }

  #lang(): string {
    const lang = (this.getAttribute("lang") ?? "auto").slice(0, 2).toLowerCase();
    return lang === "zh" || lang === "en" ? lang : "auto";
  }

  /** The language of our own words: the page's wish, that of the ticket, that of the page. */
  #spoken(): Lang {
    const lang = this.#lang();
    if (lang !== "auto") return lang as Lang;
    if (this.answer) return this.answer.language === "zh" || this.answer.language === "mixed" ? "zh" : "en";
    const page = this.parentElement?.closest("[lang]")?.getAttribute("lang") || navigator.language;
    return page.toLowerCase().startsWith("zh") ? "zh" : "en";
  }

  #show(): void {
    if (!this.#panel) return;
    const messages = this.#panel.show({
      lang: this.#spoken(),
      isAway: this.#isAway,
      answer: this.#isAway ? null : this.answer,
      ticket: this.#ticket,
      dismissed: this.#dismissed,
    });
    this.#describe(messages);
  }

  /** Ties fields to the messages about them, beside whatever describes them already. */
  #describe(messages: Message[]): void {
    const wanted = messages
      .map(({ field, id }) => ({ control: this.#controlOf(field), id }))
      .filter((one): one is { control: TextField; id: string } => one.control !== null);
    for (const { control, id } of this.#described) {
      if (wanted.some((one) => one.control === control && one.id === id)) continue;
      const left = tokens(control).filter((token) => token !== id);
      if (left.length) control.setAttribute("aria-describedby", left.join(" "));
      else control.removeAttribute("aria-describedby");
    }
    for (const { control, id } of wanted) {
      const own = tokens(control);
      if (!own.includes(id)) control.setAttribute("aria-describedby", [...own, id].join(" "));
    }
    this.#described = wanted;
  }

  #controlOf(field: string): TextField | null {
    if (field === "title") return this.#title;
    if (field === "body") return this.#body;
    return this.#controls.get(field) ?? null;
  }

  #mask({ span }: Finding): void {
    const control = span && this.#controlOf(span.field);
    const linted = span && textIn(this.#ticket, span.field);
    // The text has moved on since; the next answer says where the secret stands now.
    if (!control || whole(control.value) !== linted) return;
    const start = unitsOf(linted, span.start);
    const end = unitsOf(linted, span.end);
    replace(control, start, end, "•".repeat(lengthOf(stretch(linted, span.start, span.end))));
    this.#soon(0);
  }

  #logPlaces(): Promise<Place[]> {
    this.#places ??= this.#service!.logPlaces().then((places) => {
      if (!places.length) this.#places = null;
      return places;
    });
    return this.#places;
  }

  #keepToken(token: string | null): void {
    const form = this.#body?.form;
    if (!form || !token) return;
    let input = form.querySelector<HTMLInputElement>('input[name="triage_lint_token"]');
    if (!input) {
      input = document.createElement("input");
      input.type = "hidden";
      input.name = "triage_lint_token";
      form.append(input);
    }
    input.value = token;
  }

  /** With mode="block", a form with gaps is held and they are told; it can always be sent anyway. */
  #submitted(event: SubmitEvent): void {
    const form = this.#body?.form;
    if (event.target !== form || !form || this.getAttribute("mode") !== "block") return;
    if (this.#passes) {
      this.#passes = false;
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    if (this.#isChecking) return;
    this.#isChecking = true;
    void this.#check().then((isGood) => {
      this.#isChecking = false;
      if (isGood) this.#pass(form, event.submitter);
      else this.#hold(form, event.submitter);
    });
  }

  async #check(): Promise<boolean> {
    clearTimeout(this.#timer);
    await Promise.race([this.#ask(), wait(SUBMIT_PATIENCE_MS)]);
    // A browser ignores a form that is sent again while it still tells of the first time.
    await wait(0);
    // Too late an answer, or none: the form goes as it is.
    const isOfNow = JSON.stringify(readTicket(this.#title, this.#body).ticket) === JSON.stringify(this.#ticket);
    return !this.answer || !isOfNow || this.#isAway || this.answer.ready;
  }

  #pass(form: HTMLFormElement, submitter: HTMLElement | null): void {
    this.#passes = true;
    this.#summary?.remove();
    form.requestSubmit(submitter);
    this.#passes = false;
  }

  #hold(form: HTMLFormElement, submitter: HTMLElement | null): void {
    this.#summary?.remove();
    const questions = this.answer?.questions ?? [];
    // In short; the questions themselves stand below.
    const gaps = questions.map((question) => findingBehind(this.answer!, question)?.message || question);
    this.#summary = new Summary(this, this.#spoken(), gaps, {
      go: () => this.#body?.focus(),
      anyway: () => this.#pass(form, submitter),
    });
  }
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((wake) => setTimeout(wake, milliseconds));
}

function tokens(control: Element): string[] {
  return (control.getAttribute("aria-describedby") ?? "").split(/\s+/).filter(Boolean);
}
