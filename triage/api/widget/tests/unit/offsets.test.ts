import { describe, expect, test } from "vitest";
import { lengthOf, stretch, unitsOf, whole } from "../../src/offsets.ts";

describe("the service counts code points, JavaScript UTF-16 units", () => {
  test.each([
    ["abc", 0, 0],
    ["abc", 2, 2],
    ["语音卡顿", 3, 3],
    ["🎧语音", 1, 2],
    ["a🎧b🎧c", 4, 6],
    ["👨‍👩‍👧", 5, 8],
    ["abc", 9, 3],
    ["", 0, 0],
    ["e\u0301x", 2, 2],
  ])("%j: code point %i begins at unit %i", (text, codePoints, units) => {
    expect(unitsOf(text, codePoints)).toBe(units);
  });

  test.each([
    ["🎧语音卡顿", 1, 3, "语音"],
    ["电话 13800138000 🎧", 3, 14, "13800138000"],
    ["𠮷野家 13800138000", 4, 15, "13800138000"],
    ["🎧🎧", 0, 1, "🎧"],
  ])("%j from %i to %i is %j", (text, start, end, expected) => {
    expect(stretch(text, start, end)).toBe(expected);
    expect(lengthOf(expected)).toBe(end - start);
  });

  test("a stretch agrees with counting by code points, whatever the text", () => {
    const letters = ["a", "语", "🎧", "𠮷", "\u200d", "\n", "é"];
    let seed = 20261125;
    const next = (most: number) => (seed = (seed * 1103515245 + 12345) % 2147483648) % most;
    for (let round = 0; round < 500; round++) {
      const points = Array.from({ length: next(30) }, () => letters[next(letters.length)]!);
      const text = points.join("");
      const start = next(points.length + 1);
      const end = start + next(points.length + 1 - start);
      expect(stretch(text, start, end)).toBe([...text].slice(start, end).join(""));
    }
  });
});

describe("halves of surrogate pairs, which no JSON in UTF-8 can hold", () => {
  test.each([
    ["a\ud83cb", "a\ufffdb"],
    ["\udfa7", "\ufffd"],
    ["\ud83c\ud83c\udfa7", "\ufffd🎧"],
    ["🎧", "🎧"],
    ["语音", "语音"],
  ])("%j becomes %j", (text, expected) => {
    expect(whole(text)).toBe(expected);
    expect(whole(text).length).toBe(text.length);
  });
});
