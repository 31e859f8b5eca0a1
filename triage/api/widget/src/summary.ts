// What is told on submit where a site asked for mode="block": a summary at the top of the panel that gets the focus.
import { button, make } from "./dom.ts";
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
    const list = make("ul", "", ...gaps.map((gap) => make("li", "", link(gap, ways.go))));
    // On an element within, not on the one that is focused: some screen readers say it twice, or not at all.
    const said = make("div", "", make("h3", "", words.problem), make("div", "", words.problemSaid), list);
    said.setAttribute("role", "alert");
    this.#node.append(said, make("div", "actions", button(words.anyway, "anyway", ways.anyway)));
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

function link(gap: string, go: () => void): HTMLElement {
  const made = make("a", "", gap) as HTMLAnchorElement;
  made.href = "#";
  made.addEventListener("click", (event) => {
    event.preventDefault();
    go();
  });
  return made;
}
