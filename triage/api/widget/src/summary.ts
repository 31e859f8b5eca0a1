// What is told on submit where a site asked for mode="block": a summary at the top of the panel that gets the focus.
import { type Lang, WORDS } from "./words.ts";

export interface Ways {
  go(): void;
  anyway(): void;
}

export class Summary {
  readonly #node = document.createElement("div");
  readonly #title = document.title;

  constructor(host: HTMLElement, lang: Lang, gaps: string[], ways: Ways) {
    const words = WORDS[lang];
    this.#node.className = "item warning";
    this.#node.setAttribute("part", "summary");
    this.#node.tabIndex = -1;
    this.#node.lang = lang;
    // On an element within, not on the one that is focused: some screen readers say it twice, or not at all.
    const said = document.createElement("div");
    said.setAttribute("role", "alert");
    const heading = document.createElement("h3");
    heading.textContent = words.problem;
    const lead = document.createElement("div");
    lead.textContent = words.problemSaid;
    const list = document.createElement("ul");
    for (const gap of gaps) list.append(line(gap, ways.go));
    said.append(heading, lead, list);
    const anyway = document.createElement("button");
    anyway.type = "button";
    anyway.setAttribute("part", "button anyway");
    anyway.textContent = words.anyway;
    anyway.addEventListener("click", ways.anyway);
    const actions = document.createElement("div");
    actions.className = "actions";
    actions.append(anyway);
    this.#node.append(said, actions);
    host.shadowRoot!.firstElementChild!.prepend(this.#node);
    document.title = `${words.problem}: ${this.#title}`;
    this.#node.focus();
  }

  /** Takes it away again. */
  remove(): void {
    this.#node.remove();
    document.title = this.#title;
  }
}

function line(gap: string, go: () => void): HTMLElement {
  const link = document.createElement("a");
  link.href = "#";
  link.textContent = gap;
  link.addEventListener("click", (event) => {
    event.preventDefault();
    go();
  });
  const item = document.createElement("li");
  item.append(link);
  return item;
}
