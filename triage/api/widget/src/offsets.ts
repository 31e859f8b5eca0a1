// The service counts code points, JavaScript counts UTF-16 units: "🎧" is one there and two here.

/** Where the code point with this number begins, in UTF-16 units; the text's end for numbers beyond it. */
export function unitsOf(text: string, codePoints: number): number {
  let units = 0;
  for (let passed = 0; passed < codePoints && units < text.length; passed++) {
    units += text.codePointAt(units)! > 0xffff ? 2 : 1;
  }
  return units;
}

/** How many code points the text has. */
export function lengthOf(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** The stretch between two code points, end excluded. */
export function stretch(text: string, start: number, end: number): string {
  return text.slice(unitsOf(text, start), unitsOf(text, end));
}

/** The text without halves of surrogate pairs, which no JSON in UTF-8 can hold; its length stays. */
export function whole(text: string): string {
  return text.replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, "\uFFFD");
}
