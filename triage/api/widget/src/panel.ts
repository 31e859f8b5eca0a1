// What the person sees. Messages are paragraphs in the page's own tree, where fields can be described by them; the frame
// around them is the element's. All texts are set as text, never as markup.
import { type Answer, type Finding, findingBehind } from "./answer.ts";
import { button, make, setText } from "./dom.ts";
import { textIn, type Ticket } from "./fields.ts";
import { lengthOf, stretch } from "./offsets.ts";
import type { Place } from "./service.ts";
import { STYLE } from "./style.ts";
import { ELEMENT_OF_GROUP, type Lang, type Words, WORDS } from "./words.ts";

export interface Shown {
  lang: Lang;
  isAway: boolean;
  answer: Answer | null;
  ticket: Ticket | null;
  dismissed: ReadonlySet<string>;
}

export interface Actions {
  insert(skeleton: string): void;
  mask(finding: Finding): void;
  dismiss(key: string): void;
  places(): Promise<Place[]>;
}

/** A message in the page's tree: which field it is about (`body` for questions), and its id. */
export interface Message {
  field: string;
  id: string;
}

interface Item {
  key: string;
  finding: Finding | undefined;
  text: string;
  node: HTMLElement;
  message: HTMLElement;
}

const MOST_WARNINGS = 4;
let panels = 0;

export class Panel {
  readonly #prefix = `triage-hints-${++panels}`;
  readonly #section = make("section", "panel");
  readonly #bar = make("div", "bar");
  readonly #meter = make("div", "meter", this.#bar);
  readonly #score = make("span", "score");
  readonly #head = make("div", "head", this.#meter, this.#score);
  readonly #status = make("div", "");
  readonly #checklist = make("ul", "checklist");
  readonly #questions = make("div", "questions");
  readonly #warnings = make("div", "warnings");
  readonly #articles = make("div", "articles");
  readonly #understood = make("details", "understood") as HTMLDetailsElement;
  readonly #asked = new Map<string, Item>();
  readonly #warned = new Map<string, Item>();
  #words: Words = WORDS.en;
  #shown: Shown | null = null;

  constructor(
    readonly host: HTMLElement,
    readonly actions: Actions,
  ) {
    const shadow = host.shadowRoot ?? host.attachShadow({ mode: "open" });
    adopt(shadow);
    const slot = make("slot", "") as HTMLSlotElement;
    slot.name = "status";
    const status = make("div", "status", slot);
    this.#section.append(
      this.#head, status, this.#checklist, this.#warnings, this.#questions, this.#articles, this.#understood,
    );
    shadow.replaceChildren(this.#section);
    this.#meter.setAttribute("role", "meter");
    this.#meter.setAttribute("aria-valuemin", "0");
    this.#meter.setAttribute("aria-valuemax", "100");
    this.#score.setAttribute("aria-hidden", "true");
    // There from the start: a live region that comes with its first message is not heard.
    this.#status.id = `${this.#prefix}-status`;
    this.#status.slot = "status";
    this.#status.setAttribute("aria-live", "polite");
    host.append(this.#status);
    this.#understood.append(make("summary", ""), make("div", "text"));
    this.#understood.addEventListener("toggle", () => this.#underline());
  }

  /** Takes its messages out of the page's tree. */
  remove(): void {
    for (const items of [this.#asked, this.#warned]) {
      for (const item of items.values()) item.message.remove();
      items.clear();
    }
    this.#status.remove();
  }

  /** Shows a state; gives the messages that fields are to be described by. */
  show(shown: Shown): Message[] {
    this.#shown = shown;
    const words = (this.#words = WORDS[shown.lang]);
    const answer = shown.answer;
    this.#section.lang = this.#status.lang = shown.lang;
    this.#section.setAttribute("aria-label", words.panel);
    this.#section.classList.toggle("ready", answer?.ready ?? false);
    this.#meter.setAttribute("aria-label", words.meter);
    this.#meter.setAttribute("aria-valuenow", String(answer?.score ?? 0));
    this.#head.hidden = !answer;
    this.#bar.style.width = `${answer?.score ?? 0}%`;
    setText(this.#score, answer ? String(answer.score) : "");
    this.#showChecklist(answer);
    const questions = this.#showQuestions(answer);
    const warnings = this.#showWarnings(answer);
    this.#showArticles(answer);
    this.#underline();
    // Heard when it changes, and only then.
    setText(this.#status, this.#said(shown, questions));
    return [
      { field: "title", id: this.#status.id },
      { field: "body", id: this.#status.id },
      ...[...questions, ...warnings].map((item) => ({
        field: warnings.includes(item) ? (item.finding?.span?.field ?? "body") : "body",
        id: item.message.id,
      })),
    ];
  }

  #said(shown: Shown, questions: Item[]): string {
    const words = this.#words;
    if (shown.isAway) return words.away;
    if (!shown.answer) return words.idle;
    const asked = questions.map((item) => elementOf(item.finding)).filter((name) => name !== "");
    if (questions.length && asked.length) return words.missing(asked.map((name) => words.elements[name] ?? name));
    if (!shown.answer.ready) return words.nothingAsked;
    const lacks = [...shown.answer.elements.values()].some(({ required, status }) => required && status !== "present");
    return lacks ? words.enough : words.ready;
  }

  #showChecklist(answer: Answer | null): void {
    const words = this.#words;
    const listed = Object.keys(words.elements).filter((name) => {
      const element = answer?.elements.get(name);
      return element && (element.required || element.status === "present");
    });
    this.#checklist.hidden = !listed.length;
    this.#checklist.setAttribute("aria-label", words.checklist);
    this.#checklist.replaceChildren(
      ...listed.map((name) => {
        const status = answer!.elements.get(name)!.status;
        const mark = make("span", "tick", status === "present" ? "✓" : status === "denied" ? "–" : "○");
        mark.setAttribute("aria-hidden", "true");
        const item = make("li", status, mark, words.elements[name]!, make("span", "said", ` (${words.statuses[status]})`));
        item.setAttribute("part", `element ${status}`);
        return item;
      }),
    );
  }

  #showQuestions(answer: Answer | null): Item[] {
    const words = this.#words;
    const asked = (answer?.questions ?? [])
      .map((text) => ({ text, finding: findingBehind(answer!, text) }))
      .map(({ text, finding }) => ({ text, finding, key: finding ? `q-${finding.code}` : `q-${text}` }))
      .filter(({ key }) => !this.#shown!.dismissed.has(key));
    return this.#keep(this.#asked, this.#questions, words.questions, "question", asked, (item) => {
      const buttons: HTMLElement[] = [];
      const element = elementOf(item.finding);
      const skeleton = words.skeletons[element];
      const places = make("div", "places");
      places.hidden = true;
      if (element === "logs") buttons.push(this.#whereButton(item, places));
      else if (skeleton) buttons.push(button(words.insert, "insert", () => this.actions.insert(skeleton)));
      buttons.push(button(words.dismiss, "dismiss", () => this.#dismiss(item), "quiet"));
      return [make("div", "actions", ...buttons), places];
    });
  }

  #showWarnings(answer: Answer | null): Item[] {
    const words = this.#words;
    const found = (answer?.findings ?? [])
      .filter((finding) => finding.code.startsWith("SEC") && finding.span)
      .map((finding) => {
        const span = finding.span!;
        const key = `w-${finding.code}-${span.field}-${this.#textOf(span.field).length ? this.#quoted(finding) : span.start}`;
        return { key, finding, text: [finding.message, finding.ask].filter(Boolean).join(" ") };
      })
      .filter(({ key }, at, all) => !this.#shown!.dismissed.has(key) && all.findIndex((one) => one.key === key) === at)
      .slice(0, MOST_WARNINGS);
    return this.#keep(this.#warned, this.#warnings, words.warnings, "warning", found, (item) => {
      const mask = button(words.mask, "mask", () => this.actions.mask(this.#warned.get(item.key)!.finding!));
      const dismiss = button(words.dismiss, "dismiss", () => this.#dismiss(item), "quiet");
      return [make("div", "actions", ...(item.finding?.span?.field.startsWith("attach") ? [] : [mask]), dismiss)];
    });
  }

  /** Brings a list to what is wanted and leaves in place what stays, so that nobody's button vanishes under them. */
  #keep(
    there: Map<string, Item>,
    list: HTMLElement,
    heading: string,
    part: string,
    wanted: { key: string; finding: Finding | undefined; text: string }[],
    dressed: (item: Item) => HTMLElement[],
  ): Item[] {
    const keys = new Set(wanted.map(({ key }) => key));
    for (const [key, item] of there) {
      if (keys.has(key) && item.node.lang === this.#shown!.lang) continue;
      item.node.remove();
      item.message.remove();
      there.delete(key);
    }
    list.hidden = !wanted.length;
    let title = list.firstElementChild;
    if (!title) list.append((title = make("h3", "heading")));
    setText(title, heading);
    const items = wanted.map(({ key, finding, text }) => {
      let item = there.get(key);
      if (!item) {
        item = this.#newItem(key, finding, text, part);
        item.node.append(...dressed(item));
        there.set(key, item);
      }
      item.finding = finding;
      setText(item.message, text);
      return item;
    });
    items.forEach(({ node }, at) => {
      if (list.children[at + 1] !== node) list.insertBefore(node, list.children[at + 1] ?? null);
    });
    return items;
  }

  #newItem(key: string, finding: Finding | undefined, text: string, part: string): Item {
    const id = `${this.#prefix}-${part}-${++messages}`;
    const message = make("div", "", text);
    message.id = message.slot = id;
    message.lang = this.#shown!.lang;
    this.host.append(message);
    const slot = make("slot", "") as HTMLSlotElement;
    slot.name = id;
    const node = make("div", `item ${part}`, slot);
    node.setAttribute("part", part);
    node.lang = this.#shown!.lang;
    return { key, finding, text, node, message };
  }

  #dismiss(item: Item): void {
    const beside = item.node.nextElementSibling ?? item.node.previousElementSibling;
    const hadFocus = item.node.contains(this.host.shadowRoot!.activeElement);
    this.actions.dismiss(item.key);
    // Whoever works with the keyboard goes on beside what they sent away.
    if (hadFocus) ((beside?.querySelector("button") as HTMLElement | null) ?? this.#understood.querySelector("summary"))?.focus();
  }

  #whereButton(item: Item, places: HTMLElement): HTMLElement {
    const words = this.#words;
    const opener = button(words.where, "where", async () => {
      places.hidden = !places.hidden;
      opener.setAttribute("aria-expanded", String(!places.hidden));
      if (places.hidden) return;
      const found = await this.actions.places();
      // The service named the place of their platform in its question, where they told it.
      const theirs = found.filter(({ path }) => item.message.textContent?.includes(path));
      const lines = new Set((theirs.length ? theirs : found).map(({ platform, path }) => `${platform}\n${path}`));
      places.replaceChildren(make("ul", "", ...[...lines].map((line) => placeItem(line, words))));
      if (!found.length) places.textContent = words.noPlaces;
    });
    opener.setAttribute("aria-expanded", "false");
    return opener;
  }

  #showArticles(answer: Answer | null): void {
    const articles = answer?.articles ?? [];
    this.#articles.hidden = !articles.length;
    const links = articles.map(({ title, url }) => {
      const link = make("a", "", title) as HTMLAnchorElement;
      link.href = url;
      link.target = "_blank";
      link.rel = "noopener noreferrer";
      return make("li", "article", link);
    });
    this.#articles.replaceChildren(make("h3", "heading", this.#words.articles), make("ul", "", ...links));
  }

  #underline(): void {
    const [summary, text] = this.#understood.children as unknown as [HTMLElement, HTMLElement];
    setText(summary, this.#words.understood);
    const answer = this.#shown?.answer;
    this.#understood.hidden = !answer;
    if (!answer || !this.#understood.open) return;
    const lines = ["title", "body"].filter((field) => this.#textOf(field)).map((field) => {
      const line = make("div", "line");
      line.append(...this.#marked(field, answer));
      return line;
    });
    text.replaceChildren(...lines);
  }

  #marked(field: string, answer: Answer): Node[] {
    const spans = [...answer.elements].flatMap(([name, element]) =>
      element.evidence.filter((one) => one.field === field).map((one) => ({ ...one, name })),
    );
    const text = this.#textOf(field);
    // Stretches overlap: 200 users see a black screen, which is impact and symptom. So cut at every edge, and name each where
    // it ends.
    const edges = [...new Set([0, lengthOf(text), ...spans.flatMap(({ start, end }) => [start, end])])].sort((a, b) => a - b);
    return edges.slice(1).map((end, at) => {
      const start = edges[at]!;
      const here = spans.filter((span) => span.start <= start && end <= span.end);
      if (!here.length) return document.createTextNode(stretch(text, start, end));
      const names = new Set(here.filter((span) => span.end === end).map(({ name }) => this.#words.elements[name] ?? name));
      const label = names.size ? [make("small", "", [...names].join(" · "))] : [];
      return make("mark", "mark", stretch(text, start, end), ...label);
    });
  }

  #textOf(field: string): string {
    return textIn(this.#shown?.ticket ?? null, field);
  }

  #quoted({ span }: Finding): string {
    return span ? stretch(this.#textOf(span.field), span.start, span.end) : "";
  }
}

let messages = 0;
let sheet: CSSStyleSheet | null = null;

// A style element would need 'unsafe-inline' in the page's policy; a constructed sheet does not.
function adopt(shadow: ShadowRoot): void {
  if (!("adoptedStyleSheets" in shadow)) return;
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
  }
  shadow.adoptedStyleSheets = [sheet];
}

function elementOf(finding: Finding | undefined): string {
  return ELEMENT_OF_GROUP[finding?.code.slice(0, 3) ?? ""] ?? "";
}

function placeItem(line: string, words: Words): HTMLElement {
  const [platform = "", path = ""] = line.split("\n");
  return make("li", "place", `${words.platforms[platform] ?? platform}: `, make("code", "", path));
}
