// Nodes with their part, by which a page may style them; texts are set as text, never as markup.

export function button(label: string, part: string, act: () => void, className = ""): HTMLButtonElement {
  const made = make("button", className, label) as HTMLButtonElement;
  made.type = "button";
  made.setAttribute("part", `button ${part}`);
  made.addEventListener("click", act);
  return made;
}

export function make(tag: string, className: string, ...children: (Node | string)[]): HTMLElement {
  const made = document.createElement(tag);
  if (className) {
    made.className = className;
    made.setAttribute("part", className.replace("said", ""));
  }
  made.append(...children);
  return made;
}

export function setText(node: Element, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}
