import { expect, test } from "vitest";
import { answerOf, findingBehind } from "../../src/answer.ts";

const LINT = {
  ready: false,
  score: 26,
  elements: { logs: { status: "missing", required: true, evidence: [] } },
  findings: [{ code: "LOG01", level: "error", message: "m", ask: "q", span: null }],
  questions: ["q"],
};

test("an answer is read, and a question leads to its finding", () => {
  const answer = answerOf({ language: "zh", lint: LINT })!;
  expect(answer.score).toBe(26);
  expect(answer.elements.get("logs")).toEqual({ status: "missing", required: true, evidence: [] });
  expect(findingBehind(answer, "q")?.code).toBe("LOG01");
  expect(findingBehind(answer, "other")).toBeUndefined();
});

test.each([null, 7, "x", [], {}, { lint: null }, { lint: { score: "26", elements: {} } }, { lint: { score: 1 } }])(
  "%j is no answer",
  (json) => expect(answerOf(json)).toBeNull(),
);

test("parts of other shapes are left out and break nothing", () => {
  const answer = answerOf({
    lint: { score: 1e9, elements: { logs: 7 }, findings: [null, { code: 5 }, { span: { start: "0" } }], questions: [7, "q"] },
    articles: [{ title: "t", url: "javascript:alert(1)" }, { title: "u", url: "https://a.example/1" }, 9],
  })!;
  expect(answer.score).toBe(100);
  expect(answer.questions).toEqual(["q"]);
  expect(answer.findings.map((finding) => finding.span)).toEqual([null, null, null]);
  expect(answer.articles).toEqual([{ title: "u", url: "https://a.example/1" }]);
});
